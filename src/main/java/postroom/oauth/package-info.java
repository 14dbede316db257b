/// Authorizations and access tokens: getting them, keeping them alive, giving them out.
///
/// `deliver` and `check` ask for a sign-in; API and console start and finish authorizations.
///
/// One renewal at a time per authorization; a rotated refresh token is stored before the access
/// token that came with it is used; tokens are sealed at rest and never logged.
///
/// Read on in [postroom.oauth.SignIns].
@NullMarked
package postroom.oauth;

import org.jspecify.annotations.NullMarked;
