package postroom.check;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import postroom.mail.Address;
import postroom.service.Service;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/// Checks that go on behind a page while somebody looks at it: at most one for each service, so
/// that nobody who is impatient signs in twice. Safe for use by many threads.
public final class ChecksUnderWay {

    private static final Logger log = LoggerFactory.getLogger(ChecksUnderWay.class);

    private final Check check;
    private final Map<Long, UnderWay> underWay = new ConcurrentHashMap<>();

    public ChecksUnderWay(Check check) {
        this.check = check;
    }

    /// @param taken the steps so far
    public record UnderWay(Address recipient, List<CheckStep> taken) {}

    /// Begins a check, unless one is under way.
    public void begin(Service service, Address to) {
        var steps = new CopyOnWriteArrayList<CheckStep>();
        var begun = new UnderWay(to, steps);
        if (underWay.putIfAbsent(service.id(), begun) != null) return;
        Thread.ofVirtual()
                .name("check-" + service.id())
                .start(() -> {
                    try {
                        check.run(service, to, steps::add);
                    } catch (RuntimeException bug) {
                        log.error("service={} a check ended with", service.name(), bug);
                    } finally {
                        underWay.remove(service.id());
                    }
                });
    }

    /// Empty: none is under way.
    public Optional<UnderWay> of(long service) {
        return Optional.ofNullable(underWay.get(service));
    }
}
