package postroom.alert;

import postroom.oauth.Authorizer;
import postroom.service.CutOff;
import postroom.service.SecretEnd;
import postroom.service.Service;
import postroom.service.ServiceStatus;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

/// What is wrong with one service at this moment, or will be.
sealed interface Trouble {

    Service service();

    Kind kind();

    Instant since();

    /// What exactly; where this changes it is told anew.
    default String occasion() {
        return "";
    }

    /// How many days ahead it is told; fewer are told anew.
    default int ahead() {
        return 0;
    }

    record NeedsAuthorization(Service service, ServiceStatus status) implements Trouble {
        @Override
        public Kind kind() {
            return Kind.NEEDS_AUTHORIZATION;
        }

        @Override
        public Instant since() {
            return status.since();
        }
    }

    /// It is paused, and could not send if it were not.
    record CannotResume(Service service, ServiceStatus status) implements Trouble {
        @Override
        public Kind kind() {
            return Authorizer.asksAPerson(service) ? Kind.NEEDS_AUTHORIZATION : Kind.FAILING;
        }

        @Override
        public Instant since() {
            return status.since();
        }
    }

    record Failing(Service service, ServiceStatus status) implements Trouble {
        @Override
        public Kind kind() {
            return Kind.FAILING;
        }

        @Override
        public Instant since() {
            return status.since();
        }
    }

    /// @param longer than this
    record MailWaits(Service service, Instant since, Duration longer) implements Trouble {
        @Override
        public Kind kind() {
            return Kind.WAITING;
        }
    }

    record SecretEnds(Service service, SecretEnd end, int ahead, Instant since) implements Trouble {
        @Override
        public Kind kind() {
            return Kind.SECRET_ENDING;
        }

        @Override
        public String occasion() {
            return end.what() + " " + end.day();
        }
    }

    /// @param end when the refresh token ends
    record AuthorizationEnds(Service service, Instant end, int ahead, Instant since)
            implements Trouble {
        @Override
        public Kind kind() {
            return Kind.AUTHORIZATION_ENDING;
        }

        @Override
        public String occasion() {
            return end.toString();
        }
    }

    record WayEnds(Service service, CutOff cutOff, int ahead, Instant since) implements Trouble {
        @Override
        public Kind kind() {
            return Kind.CUT_OFF;
        }

        @Override
        public String occasion() {
            return cutOff.authentication().word() + " " + cutOff.day();
        }
    }

    /// @param unneeded those of the granted OAuth2 scopes that sending does not need
    record ReviewIsDue(
            Service service,
            Instant authorizedAt,
            List<String> granted,
            List<String> unneeded,
            Instant since)
            implements Trouble {
        @Override
        public Kind kind() {
            return Kind.PERMISSION_REVIEW;
        }

        @Override
        public String occasion() {
            return since.toString();
        }
    }
}
