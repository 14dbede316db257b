/// Across the road: an imaginary Microsoft and an imaginary Google, with sign-in pages, token
/// endpoints, submission servers and mailboxes that can be looked into. A plain smarthost without
/// OAuth2 stands next to them.
///
/// `postroom demo` starts it for visitors, and the tests start the very same one. It is scripted by
/// data (`provider.yaml`, see [postroom.emulator.EmulatorScript]), at the start and, over
/// `/emulator/script`, at run time.
///
/// It promises to answer in the words and shapes seen at the real providers, to check tokens for
/// real, to store a message before it says 250, and to talk to this machine only. It shares no code
/// with the house: a misreading of an RFC could otherwise agree with itself.
///
/// Read next: [postroom.emulator.Emulator], then `SmtpConversation` for the mail and
/// `MicrosoftSignIn` for the tokens; the wording of each provider is in `MicrosoftVoice`,
/// `GoogleVoice` and `SmarthostVoice`.
@NullMarked
package postroom.emulator;

import org.jspecify.annotations.NullMarked;
