/// People who sign in at a provider of their own (OpenID Connect).
///
/// `console` begins and ends it; `access` knows the people.
///
/// Code with PKCE, state and nonce; the ID token's signature, issuer, audience, times and nonce are
/// checked. Nobody gets in whom the owner did not invite, unless a setting says so.
///
/// Read on in [postroom.access.oidc.SignInProvider].
@NullMarked
package postroom.access.oidc;

import org.jspecify.annotations.NullMarked;
