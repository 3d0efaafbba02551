"""The schema, step by step. A step that has shipped is never changed: a later one changes what it made."""

from sqlite_utils import Database
from sqlite_utils.migrations import Migrations

MIGRATIONS = Migrations("copydesk")


@MIGRATIONS()
def faq(db: Database) -> None:
    """The compiled explainers, derived from files (their phrases have server 0), and the servers' own editions."""
    db.executescript(
        """
        CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
        CREATE TABLE faq_explainer (
            slug TEXT PRIMARY KEY, title TEXT NOT NULL, short_answer TEXT NOT NULL, settled TEXT NOT NULL,
            sides TEXT NOT NULL, undecided TEXT NOT NULL, commonly_got_wrong TEXT NOT NULL,
            jurisdictions TEXT NOT NULL, as_of TEXT NOT NULL, review_by TEXT NOT NULL, related TEXT NOT NULL
        ) STRICT;
        CREATE TABLE faq_source (
            slug TEXT NOT NULL REFERENCES faq_explainer (slug) ON DELETE CASCADE, position INTEGER NOT NULL,
            id TEXT NOT NULL, title TEXT NOT NULL, publisher TEXT NOT NULL, url TEXT NOT NULL, date TEXT NOT NULL,
            kind TEXT NOT NULL, jurisdiction TEXT NOT NULL, checked TEXT NOT NULL, PRIMARY KEY (slug, id)
        ) STRICT;
        CREATE TABLE faq_phrase (
            id INTEGER PRIMARY KEY, guild_id INTEGER NOT NULL DEFAULT 0, slug TEXT NOT NULL, kind TEXT NOT NULL,
            phrase TEXT NOT NULL, weight REAL NOT NULL DEFAULT 0
        ) STRICT;
        CREATE INDEX faq_phrase_by_topic ON faq_phrase (guild_id, slug);
        CREATE TABLE edition (
            guild_id INTEGER NOT NULL, slug TEXT NOT NULL, version INTEGER NOT NULL, content TEXT NOT NULL,
            editor_id INTEGER NOT NULL, at REAL NOT NULL, based_on INTEGER NOT NULL,
            PRIMARY KEY (guild_id, slug, version)
        ) STRICT;
        CREATE TABLE topic_choice (
            guild_id INTEGER NOT NULL, slug TEXT NOT NULL, state TEXT NOT NULL, published INTEGER,
            PRIMARY KEY (guild_id, slug)
        ) STRICT;
        """
    )
    tokenizer = "porter unicode61 remove_diacritics 2"
    db.table("faq_phrase").enable_fts(["phrase"], tokenize=tokenizer, create_triggers=True)


@MIGRATIONS()
def servers(db: Database) -> None:
    """What admins chose, and what the windows remember: hashes, never text."""
    db.executescript(
        """
        CREATE TABLE guild_policy (
            guild_id INTEGER PRIMARY KEY, moderators_channel_id INTEGER, editors_role_id INTEGER
        ) STRICT;
        CREATE TABLE channel_mode (
            guild_id INTEGER NOT NULL, channel_id INTEGER NOT NULL, mode TEXT NOT NULL,
            PRIMARY KEY (guild_id, channel_id)
        ) STRICT;
        CREATE TABLE channel_cursor (
            guild_id INTEGER NOT NULL, channel_id INTEGER NOT NULL, message_id INTEGER NOT NULL,
            PRIMARY KEY (guild_id, channel_id)
        ) STRICT;
        CREATE TABLE fingerprint (
            guild_id INTEGER NOT NULL, message_id INTEGER NOT NULL, detector TEXT NOT NULL, key INTEGER NOT NULL,
            channel_id INTEGER NOT NULL, author_id INTEGER NOT NULL, at REAL NOT NULL,
            PRIMARY KEY (guild_id, message_id, detector, key)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX fingerprint_by_age ON fingerprint (at);
        """
    )


@MIGRATIONS()
def desk(db: Database) -> None:
    """Answers, cases, and the outbox of what is to happen on Discord."""
    db.executescript(
        """
        CREATE TABLE reply (
            id INTEGER PRIMARY KEY AUTOINCREMENT, -- the buttons of old messages carry it: it is never used again
            guild_id INTEGER NOT NULL, channel_id INTEGER NOT NULL, message_id INTEGER NOT NULL,
            author_id INTEGER NOT NULL, slug TEXT NOT NULL, score REAL NOT NULL, reason TEXT NOT NULL,
            state TEXT NOT NULL, at REAL NOT NULL, judged_by INTEGER, corrected_at REAL, UNIQUE (guild_id, message_id)
        ) STRICT;
        CREATE INDEX reply_by_age ON reply (at);
        CREATE TABLE reply_vote (
            reply_id INTEGER NOT NULL REFERENCES reply (id) ON DELETE CASCADE, voter BLOB NOT NULL, vote TEXT NOT NULL,
            PRIMARY KEY (reply_id, voter)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE "case" (
            id INTEGER PRIMARY KEY AUTOINCREMENT, -- same
            guild_id INTEGER NOT NULL, number INTEGER NOT NULL, state TEXT NOT NULL,
            detector TEXT NOT NULL, key INTEGER NOT NULL, label TEXT NOT NULL, score REAL NOT NULL, at REAL NOT NULL,
            judged_by INTEGER, judged_at REAL, UNIQUE (guild_id, number)
        ) STRICT;
        CREATE INDEX case_by_content ON "case" (guild_id, detector, key);
        CREATE UNIQUE INDEX one_open_case_per_content ON "case" (guild_id, detector, key) WHERE state = 'open';
        CREATE TABLE case_post (
            case_id INTEGER NOT NULL REFERENCES "case" (id) ON DELETE CASCADE, guild_id INTEGER NOT NULL,
            message_id INTEGER NOT NULL, channel_id INTEGER NOT NULL, author_id INTEGER NOT NULL, at REAL NOT NULL,
            is_original INTEGER NOT NULL, gone INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (case_id, message_id)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX case_post_by_message ON case_post (guild_id, message_id);
        CREATE TABLE case_event (
            id INTEGER PRIMARY KEY, case_id INTEGER NOT NULL REFERENCES "case" (id) ON DELETE CASCADE,
            at REAL NOT NULL, actor_id INTEGER, event TEXT NOT NULL
        ) STRICT;
        CREATE TABLE effect (
            key TEXT PRIMARY KEY, guild_id INTEGER NOT NULL, kind TEXT NOT NULL, payload TEXT NOT NULL,
            wanted INTEGER NOT NULL DEFAULT 1, done INTEGER NOT NULL DEFAULT 0, at REAL NOT NULL,
            channel_id INTEGER, message_id INTEGER, problem TEXT
        ) STRICT;
        CREATE INDEX pending_effect ON effect (at) WHERE done < wanted AND problem IS NULL;
        """
    )


@MIGRATIONS()
def source_ledger(db: Database) -> None:
    """What the last look at each source's address found; not derived from files, so it outlives a rebuild."""
    db.executescript(
        """
        ALTER TABLE faq_source ADD COLUMN archive TEXT;
        CREATE TABLE source_check (
            address TEXT PRIMARY KEY, state TEXT NOT NULL, at REAL NOT NULL, status INTEGER, moved_to TEXT, problem TEXT
        ) STRICT;
        """
    )


@MIGRATIONS()
def repeats(db: Database) -> None:
    """One row a post with the keys of all detectors and, encrypted, what verifies them; cases meet in their content.

    Older fingerprints lack what they would be verified by: the windows begin anew.
    """
    db.executescript(
        """
        DROP TABLE fingerprint;
        CREATE TABLE fingerprint (
            seen INTEGER PRIMARY KEY, guild_id INTEGER NOT NULL, message_id INTEGER NOT NULL,
            channel_id INTEGER NOT NULL, author_id INTEGER NOT NULL, at REAL NOT NULL, content INTEGER NOT NULL,
            keys BLOB NOT NULL, sealed_gist BLOB NOT NULL, UNIQUE (guild_id, message_id)
        ) STRICT;
        CREATE INDEX fingerprint_by_age ON fingerprint (at);
        DROP INDEX case_by_content;
        DROP INDEX one_open_case_per_content;
        CREATE INDEX case_by_content ON "case" (guild_id, key);
        CREATE UNIQUE INDEX one_open_case_per_content ON "case" (guild_id, key) WHERE state = 'open';
        """
    )


@MIGRATIONS()
def keys_anew(db: Database) -> None:
    """Keys are computed and laid out another way: older fingerprints find nothing, and the windows begin anew."""
    db.execute("DELETE FROM fingerprint")


@MIGRATIONS()
def case_life(db: Database) -> None:
    """Verdicts apart from states, owners, marks, reports, timeouts, encrypted excerpts, a history that only grows.

    Copies are deleted by channel from now on, and what still waits for deletion is carried over.
    """
    db.executescript(
        """
        ALTER TABLE "case" ADD COLUMN ruling TEXT;
        ALTER TABLE "case" ADD COLUMN owner_id INTEGER;
        ALTER TABLE "case" ADD COLUMN claimed_at REAL;
        ALTER TABLE "case" ADD COLUMN snoozed_until REAL;
        ALTER TABLE "case" ADD COLUMN closed_at REAL;
        ALTER TABLE "case" ADD COLUMN note_key TEXT; -- of the effect that told members
        ALTER TABLE "case" ADD COLUMN changed_at REAL NOT NULL DEFAULT 0;
        UPDATE "case" SET changed_at = coalesce((SELECT max(at) FROM case_event WHERE case_id = "case".id), at);
        UPDATE "case" SET state = 'judged', closed_at = coalesce(judged_at, changed_at), ruling = CASE state
            WHEN 'dismissed' THEN 'cleared' WHEN 'removed' THEN 'deleted' ELSE 'withdrawn' END
        WHERE state <> 'open';
        DROP INDEX one_open_case_per_content;
        CREATE UNIQUE INDEX one_waiting_case_per_content ON "case" (guild_id, key)
            WHERE state IN ('open', 'claimed', 'reopened');
        CREATE INDEX waiting_case ON "case" (guild_id, number) WHERE state IN ('open', 'claimed', 'reopened');

        ALTER TABLE case_post ADD COLUMN fate TEXT;
        ALTER TABLE case_post ADD COLUMN edited INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE case_post ADD COLUMN sealed BLOB;
        UPDATE case_post SET fate = 'deleted' WHERE gone;
        ALTER TABLE case_post DROP COLUMN gone;
        CREATE INDEX case_post_with_words ON case_post (case_id) WHERE sealed IS NOT NULL;

        DELETE FROM case_event WHERE event = 'repeat added';
        ALTER TABLE case_event ADD COLUMN reason TEXT;
        UPDATE case_event SET event = CASE event
            WHEN 'dismissed' THEN 'cleared' WHEN 'removed' THEN 'deleted' ELSE event END;
        CREATE INDEX case_event_by_case ON case_event (case_id);
        CREATE TRIGGER case_event_is_final BEFORE UPDATE OF case_id, at, event, reason ON case_event
            BEGIN SELECT RAISE(ABORT, 'history is only added to'); END;

        CREATE TABLE case_mark (
            case_id INTEGER NOT NULL REFERENCES "case" (id) ON DELETE CASCADE, guild_id INTEGER NOT NULL,
            mark INTEGER NOT NULL, PRIMARY KEY (guild_id, mark, case_id)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX case_mark_by_case ON case_mark (case_id);
        INSERT INTO case_mark SELECT id, guild_id, key FROM "case";
        CREATE TABLE case_report (
            case_id INTEGER NOT NULL REFERENCES "case" (id) ON DELETE CASCADE, guild_id INTEGER NOT NULL,
            member_id INTEGER NOT NULL, at REAL NOT NULL, sealed BLOB, PRIMARY KEY (case_id, member_id)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE case_timeout (
            id INTEGER PRIMARY KEY AUTOINCREMENT, -- effects carry it: it is never used again
            case_id INTEGER NOT NULL REFERENCES "case" (id) ON DELETE CASCADE, guild_id INTEGER NOT NULL,
            member_id INTEGER NOT NULL, until REAL NOT NULL, moderator_id INTEGER NOT NULL, reason TEXT NOT NULL,
            lifted_by INTEGER
        ) STRICT;
        CREATE INDEX case_timeout_by_case ON case_timeout (case_id);

        INSERT INTO effect (key, guild_id, kind, payload, at, problem)
            SELECT 'delete:' || (payload ->> 'case') || ':' || (payload ->> 'channel'), guild_id, kind,
                json_object('case', payload ->> 'case', 'channel', payload ->> 'channel'), min(at), max(problem)
            FROM effect WHERE kind = 'delete' AND done < wanted GROUP BY 1;
        DELETE FROM effect WHERE kind = 'delete' AND payload ->> 'message' IS NOT NULL;
        """
    )


@MIGRATIONS()
def settings(db: Database) -> None:
    """One row for each choice of a server, and every change of it with who and when."""
    db.executescript(
        """
        CREATE TABLE setting (
            guild_id INTEGER NOT NULL, name TEXT NOT NULL, of TEXT NOT NULL, value TEXT NOT NULL,
            PRIMARY KEY (guild_id, name, of)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE setting_change (
            guild_id INTEGER NOT NULL, number INTEGER NOT NULL, name TEXT NOT NULL, of TEXT NOT NULL,
            before TEXT, after TEXT, actor_id INTEGER NOT NULL, at REAL NOT NULL, how TEXT NOT NULL,
            PRIMARY KEY (guild_id, number, name, of)
        ) STRICT, WITHOUT ROWID;
        CREATE TRIGGER setting_change_stays
            BEFORE UPDATE OF guild_id, number, name, of, before, after, at, how ON setting_change
            BEGIN SELECT RAISE (ABORT, 'the history of settings is only added to'); END;
        INSERT INTO setting SELECT guild_id, 'moderators_channel_id', '', moderators_channel_id
            FROM guild_policy WHERE moderators_channel_id IS NOT NULL;
        INSERT INTO setting SELECT guild_id, 'editors_roles', '', '[' || editors_role_id || ']'
            FROM guild_policy WHERE editors_role_id IS NOT NULL;
        INSERT INTO setting SELECT guild_id, 'modes', channel_id, '"' || mode || '"' FROM channel_mode;
        DROP TABLE guild_policy;
        DROP TABLE channel_mode;
        """
    )


@MIGRATIONS()
def privacy(db: Database) -> None:
    """Members' wishes, without their names; and since when the bot has been missing on a server that it knows."""
    db.executescript(
        """
        CREATE TABLE quiet_wish (
            member BLOB NOT NULL, guild_id INTEGER NOT NULL, channel_id INTEGER NOT NULL, until REAL,
            PRIMARY KEY (member, guild_id, channel_id)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE missing_guild (guild_id INTEGER PRIMARY KEY, since REAL NOT NULL) STRICT;
        """
    )


@MIGRATIONS()
def other_topics(db: Database) -> None:
    """The topic that was suggested, where a moderator posted another."""
    db.execute("ALTER TABLE reply ADD COLUMN proposed TEXT")


@MIGRATIONS()
def keys_of_mixed_scripts(db: Database) -> None:
    """Posts that mix scripts have other keys than before: older fingerprints of them would find nothing."""
    db.execute("DELETE FROM fingerprint")


@MIGRATIONS()
def links_with_spaces(db: Database) -> None:
    """Addresses with white space in them were kept in pieces, some unreadable; keys are without detectors' names."""
    db.execute("DELETE FROM fingerprint")
