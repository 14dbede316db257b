package postroom.service;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;

/// A day on which a provider will take a way of signing in away, as it announced.
///
/// @param authentication whom it concerns
/// @param what happens that day, a sentence
/// @param docs the provider's own page; may be empty
public record CutOff(LocalDate day, Way authentication, String what, String docs) {

    /// As `authentication.type` in a service's settings.
    public enum Way {
        NONE,
        BASIC,
        OAUTH2;

        static Way of(Authentication authentication) {
            return switch (authentication) {
                case Authentication.None() -> NONE;
                case Authentication.Basic _ -> BASIC;
                case Authentication.OAuth2 _ -> OAUTH2;
            };
        }

        public String word() {
            return Fields.word(this);
        }
    }

    /// Zero on the day, negative after it.
    public long daysLeft(Instant now) {
        return ChronoUnit.DAYS.between(LocalDate.ofInstant(now, ZoneOffset.UTC), day);
    }
}
