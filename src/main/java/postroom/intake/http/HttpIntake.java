package postroom.intake.http;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

import postroom.intake.Intake;
import postroom.store.Store;

import java.time.InstantSource;

/// The HTTP door, for [postroom.web.WebServer#start]. Needs `Access`, `Intake`, `Store` and the
/// clock.
@Configuration(proxyBeanMethods = false)
@Import(SubmissionCalls.class)
public class HttpIntake {

    @Bean
    static Handover handover(Intake intake, Store store, InstantSource clock) {
        return new Handover(intake, new Idempotency(store, clock), clock);
    }
}
