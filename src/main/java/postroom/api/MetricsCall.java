package postroom.api;

import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;

import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

import postroom.web.Allowed;

/// Metrics in Prometheus' text format: what this process counted, what the database knows from its
/// indexes, and the machine it runs on.
@RestController
@Tag(name = "Health")
class MetricsCall {

    private final PrometheusMeterRegistry registry;
    private final JvmGcMetrics garbage = new JvmGcMetrics();

    MetricsCall(PrometheusMeterRegistry registry, CountedMetrics counted, StateMetrics states) {
        this.registry = registry;
        new JvmMemoryMetrics().bindTo(registry);
        new JvmThreadMetrics().bindTo(registry);
        new ProcessorMetrics().bindTo(registry);
        new UptimeMetrics().bindTo(registry);
        new FileDescriptorMetrics().bindTo(registry);
        garbage.bindTo(registry);
        registry.getPrometheusRegistry().register(counted);
        registry.getPrometheusRegistry().register(states);
    }

    @jakarta.annotation.PreDestroy
    void close() {
        garbage.close();
    }

    @GetMapping(path = "/metrics", produces = "text/plain;version=0.0.4;charset=utf-8")
    @Allowed(everybody = true)
    @Operation(summary = "Metrics in Prometheus' text format")
    String metrics() {
        return registry.scrape();
    }
}
