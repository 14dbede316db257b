/// Secrets: sealed at rest, masked wherever they might be shown.
///
/// `service`, `oauth` and `access` seal what they store; everything that records or logs text asks
/// the redactor first.
///
/// A [postroom.secret.Secret] prints as `‹sealed›`; what is stored can be opened only with the
/// master key and only in the place it was sealed for. A key that does not fit stops the start with
/// a sentence.
///
/// Read on in [postroom.secret.Vault].
@NullMarked
package postroom.secret;

import org.jspecify.annotations.NullMarked;
