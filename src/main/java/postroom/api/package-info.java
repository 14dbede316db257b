/// Managing Postroom over JSON.
///
/// Programs, `postroom …` commands and whoever has a key call it; `docs/reference/http-api.md` and
/// `/openapi.json` tell them how.
///
/// The names of `docs/reference/http-api.md` are a promise. Lists are paged by `cursor`. An
/// application reads its own messages and nothing else. No secret comes back once it was shown.
///
/// Read on in [postroom.api.Api], then [postroom.api.MessageCalls].
@NullMarked
package postroom.api;

import org.jspecify.annotations.NullMarked;
