package postroom.console;

import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/// The pages, for [postroom.web.WebServer#start]. Needs `Access`, `Queue`, `EventLog`, `Services`,
/// `Presets`, `Authorizer`, `Catalog` and the clock.
@Configuration(proxyBeanMethods = false)
@Import({
    Frame.class,
    Languages.class,
    LanguagePage.class,
    SignInPages.class,
    FirstRunPages.class,
    ProviderPages.class,
    PasskeyPages.class,
    AccountPages.class,
    PeoplePages.class,
    InForcePages.class,
    AuditPage.class,
    DashboardPage.class,
    ServicePages.class,
    WizardPages.class,
    EditPages.class,
    CheckPages.class,
    GuidePage.class,
    AuthorizationPages.class,
    MessagesPage.class,
    ChangePages.class,
    MessagePage.class,
    ContentPages.class,
    ExplainPage.class,
    CredentialPages.class,
    RoutePages.class,
    WebhookPages.class
})
public class Console {}
