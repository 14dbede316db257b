package postroom.oauth;

import postroom.mail.Diagnostic.OAuthError;
import postroom.oauth.AuthorizationOutcome.StaleRequest;
import postroom.oauth.AuthorizationOutcome.Why;
import postroom.oauth.AuthorizationRequest.Device;
import postroom.service.Authentication.OAuth2;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// Asks the provider, as often as it likes to be asked, whether a person has entered the code (RFC
/// 8628 §3.5). One virtual thread for each request that waits.
public final class DevicePolling implements AutoCloseable {

    private static final Duration SLOWER = Duration.ofSeconds(5);
    private static final Duration SLOWEST = Duration.ofMinutes(1);

    private final AuthorizationRequests requests;
    private final Review review;
    private final TokenEndpoint endpoint;
    private final Pause pause;
    private final Map<Long, Thread> watching = new ConcurrentHashMap<>();

    public DevicePolling(AuthorizationRequests requests, Review review, TokenEndpoint endpoint) {
        this(requests, review, endpoint, Thread::sleep);
    }

    DevicePolling(
            AuthorizationRequests requests, Review review, TokenEndpoint endpoint, Pause pause) {
        this.requests = requests;
        this.review = review;
        this.endpoint = endpoint;
        this.pause = pause;
    }

    @FunctionalInterface
    interface Pause {
        void lasting(Duration duration) throws InterruptedException;
    }

    /// Goes on with what waited when the house was closed.
    public void start() {
        requests.waitingOnDevices().forEach(this::watch);
    }

    void watch(AuthorizationRequest request) {
        if (!(request.way() instanceof Device device)) return;
        watching.computeIfAbsent(
                request.id(),
                id ->
                        Thread.ofVirtual()
                                .name("device-sign-in")
                                .start(() -> {
                                    try {
                                        ask(request, device);
                                    } catch (InterruptedException closing) {
                                        Thread.currentThread().interrupt();
                                    } finally {
                                        watching.remove(id);
                                    }
                                }));
    }

    private void ask(AuthorizationRequest request, Device device) throws InterruptedException {
        var interval = device.interval();
        while (request.isPending(requests.clock().instant())) {
            pause.lasting(interval);
            var service = review.service(request.service());
            if (service.isEmpty() || !(service.get().authentication() instanceof OAuth2 oauth2)) {
                requests.finish(request.id(), new StaleRequest(Why.SETTINGS_CHANGED));
                return;
            }
            var answer = endpoint.onDevice(service.get(), oauth2, device.deviceCode());
            switch (what(answer)) {
                case "authorization_pending" -> {}
                case "slow_down" -> interval = interval.plus(SLOWER);
                case "" -> interval = shorter(interval.multipliedBy(2), SLOWEST);
                case "expired_token" -> {
                    requests.finish(request.id(), new StaleRequest(Why.TOO_OLD));
                    return;
                }
                default -> {
                    requests.finish(request.id(), review.of(service.get(), request, answer, ""));
                    return;
                }
            }
        }
        requests.finish(request.id(), new StaleRequest(Why.TOO_OLD));
    }

    /// The error's name; empty where nobody answered; `granted`.
    private static String what(TokenAnswer answer) {
        return switch (answer) {
            case TokenAnswer.Granted granted -> "granted";
            case TokenAnswer.Refused refused -> refused.error().error();
            case TokenAnswer.NotNow notNow ->
                    notNow.diagnostic() instanceof OAuthError error
                                    && error.error().equals("slow_down")
                            ? "slow_down"
                            : "";
        };
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    @Override
    public void close() {
        watching.values().forEach(Thread::interrupt);
    }
}
