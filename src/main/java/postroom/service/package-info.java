/// The ways out: what the owner set up, what we know of the provider in advance, and how each one
/// is.
///
/// `route` chooses among services, `deliver` sends through them, `check` tries them; API and
/// console manage them.
///
/// A service that is stored is complete enough for its state: only a `draft` may lack something. A
/// change of state and its event are one transaction.
///
/// Read on in [postroom.service.Service], then [postroom.service.Services].
@NullMarked
package postroom.service;

import org.jspecify.annotations.NullMarked;
