package postroom.api;

import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/// The calls to manage Postroom, for [postroom.web.WebServer#start]. Needs `Access`, `Queue`,
/// `EventLog`, `Webhooks`, `Courier`, `Services`, `Check`, `LastChecks`, `Presets`, `Catalog`,
/// `Alerts`, `Routes`, `Authorizations`, `CredentialUse`, `Store`, the clock, [Doors], [Lines],
/// [Installation] and a `PrometheusMeterRegistry`.
@Configuration(proxyBeanMethods = false)
@Import({
    MessageCalls.class,
    AgainCalls.class,
    SelectionCalls.class,
    ServiceCalls.class,
    CheckCalls.class,
    GuideCalls.class,
    AuthorizationCalls.class,
    CredentialCalls.class,
    RouteCalls.class,
    KeyCalls.class,
    UserCalls.class,
    KnowledgeCalls.class,
    EventCalls.class,
    AuditCalls.class,
    AlertCalls.class,
    WebhookCalls.class,
    HealthCalls.class,
    CountedMetrics.class,
    StateMetrics.class,
    MetricsCall.class,
    SupportBundle.class,
    SupportCall.class,
    ApiDescription.class,
    ApiPage.class
})
public class Api {

    /// A header of answers to changes: `no` where everything was as asked for already.
    static final String CHANGED = "Postroom-Changed";
}
