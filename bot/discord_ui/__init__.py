"""Everything that Discord shows or sends of Copydesk: the only wording, the only widgets."""
