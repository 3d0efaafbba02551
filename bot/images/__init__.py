"""Images attached to posts: fetched within limits, turned into hashes, and dropped. None is ever stored."""
