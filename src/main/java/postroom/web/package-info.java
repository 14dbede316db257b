/// What all pages and calls share: the server itself, sign-in, keys, rights, error answers,
/// headers.
///
/// `House` starts the server with the rooms it built; `intake/http`, `api` and `console` are the
/// doors in it and say with [postroom.web.Allowed] who may do what.
///
/// Closed by default: a handler without a word about who may call it answers nobody. Every error of
/// a call is problem+json (RFC 9457), of a page a page. No secret is echoed. Bodies have a limit
/// before they have a buffer.
///
/// Read on in [postroom.web.WebServer], then [postroom.web.Gatekeeper] and
/// [postroom.web.SignInDesk].
@NullMarked
package postroom.web;

import org.jspecify.annotations.NullMarked;
