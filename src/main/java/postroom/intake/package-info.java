/// The counter behind all three doors: may this credential send this, as whom, through which
/// service?
///
/// The doors (`smtp/`, `http/`, `sendmail/`) hand in submissions; what is accepted goes to the
/// queue.
///
/// What is accepted was committed first. What is rejected leaves no trace in the queue and gets a
/// reply that says why. Nothing of the content is touched but what the documentation lists.
///
/// Read on in [postroom.intake.Intake].
@NullMarked
package postroom.intake;

import org.jspecify.annotations.NullMarked;
