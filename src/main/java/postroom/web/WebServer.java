package postroom.web;

import org.springframework.boot.Banner;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.web.server.servlet.context.ServletWebServerApplicationContext;
import org.springframework.context.support.GenericApplicationContext;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Console, API, health and metrics on one port. Spring lives in here and nowhere else: the rooms
/// are built before and handed in.
public final class WebServer implements AutoCloseable {

    private final ServletWebServerApplicationContext context;

    private WebServer(ServletWebServerApplicationContext context) {
        this.context = context;
    }

    /// Returns once the port is open.
    ///
    /// @param rooms what the doors may ask for, found by type: the rooms' faces, the clock
    /// @param doors configuration classes, such as `postroom.api.Api`
    public static WebServer start(WebSettings settings, List<?> rooms, List<Class<?>> doors) {
        var application = new SpringApplication(WebConfiguration.class);
        application.addPrimarySources(doors);
        application.setBannerMode(Banner.Mode.OFF);
        application.setLogStartupInfo(false);
        application.setRegisterShutdownHook(false);
        application.setAddCommandLineProperties(false);
        application.setDefaultProperties(properties(settings));
        application.addInitializers(context -> {
            var beans = ((GenericApplicationContext) context).getBeanFactory();
            beans.registerSingleton("webSettings", settings);
            for (var room : rooms)
                beans.registerSingleton("house." + room.getClass().getName(), room);
        });
        return new WebServer((ServletWebServerApplicationContext) application.run());
    }

    public int port() {
        var server = context.getWebServer();
        if (server == null) throw new IllegalStateException("the web server does not run");
        return server.getPort();
    }

    /// For tests that look at every handler.
    ServletWebServerApplicationContext context() {
        return context;
    }

    /// Lets calls that are under way finish, for some seconds.
    @Override
    public void close() {
        context.close();
    }

    private static Map<String, Object> properties(WebSettings settings) {
        var properties = new HashMap<String, Object>();
        properties.put("spring.main.web-application-type", "servlet");
        properties.put("spring.threads.virtual.enabled", "true");
        properties.put("spring.jmx.enabled", "false");
        properties.put("logging.level.org.springframework", "warn");
        properties.put("logging.level.org.springframework.web.servlet.PageNotFound", "error");
        properties.put("logging.level.org.apache", "warn");
        properties.put("logging.level.org.springdoc", "error");
        properties.put("server.port", settings.address().getPort());
        properties.put("server.address", settings.address().getAddress().getHostAddress());
        properties.put("server.shutdown", "graceful");
        properties.put("spring.lifecycle.timeout-per-shutdown-phase", "5s");
        // A reverse proxy on this machine tells who the client is; nobody else is believed.
        properties.put("server.forward-headers-strategy", "native");
        properties.put(
                "server.tomcat.remoteip.internal-proxies",
                "127\\.\\d+\\.\\d+\\.\\d+|::1|0:0:0:0:0:0:0:1");
        // So that a body that is too large gets its answer instead of a closed connection.
        properties.put("server.tomcat.max-swallow-size", settings.maxSubmission() * 2 + "B");
        properties.put("server.tomcat.max-http-form-post-size", "1MB");
        // Assets alone: compressed pages would let their length tell what stands in them (BREACH).
        properties.put("server.compression.enabled", "true");
        properties.put(
                "server.compression.mime-types",
                "text/css,text/javascript,application/javascript,image/svg+xml");
        // Where the browser goes next is not for the name in its Host header to say.
        properties.put("server.tomcat.use-relative-redirects", "true");
        properties.put("server.tomcat.connection-timeout", "30s");
        properties.put("server.tomcat.max-keep-alive-requests", 10_000); // 100 costs handshakes
        properties.put("server.max-http-request-header-size", "32KB");
        // For what the next page says after a form, and nothing else; see SignInDesk.
        properties.put("server.servlet.session.timeout", "10m");
        properties.put("server.servlet.session.cookie.name", "postroom-servlet");
        properties.put("server.servlet.session.cookie.http-only", "true");
        properties.put("server.servlet.session.cookie.same-site", "lax");
        properties.put("server.servlet.session.cookie.secure", settings.isHttps());
        properties.put("server.servlet.session.tracking-modes", "cookie");
        properties.put("spring.servlet.multipart.enabled", "false");
        properties.put("spring.web.resources.add-mappings", "false");
        properties.put("spring.mvc.problemdetails.enabled", "false");
        properties.put("spring.thymeleaf.prefix", "classpath:/postroom/console/");
        properties.put("spring.thymeleaf.check-template-location", "false");
        properties.put("springdoc.api-docs.path", "/openapi.json");
        properties.put("springdoc.paths-to-match", "/v1/**,/health/**,/metrics");
        properties.put("springdoc.default-produces-media-type", "application/json");
        properties.put("springdoc.writer-with-order-by-keys", "true");
        return properties;
    }
}
