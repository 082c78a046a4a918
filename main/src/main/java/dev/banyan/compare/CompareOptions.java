package dev.banyan.compare;

import dev.banyan.exchange.Headers;
import dev.banyan.migration.Severity;
import dev.banyan.requests.Format;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// What is compared, and how.
///
/// @param legacy base URL; a path in it is put before every target
/// @param candidate base URL
/// @param requests the file of requests
/// @param format of the file; null to find out
/// @param writes whether requests that change something are sent, and their effects compared; both
///   sides must be copies then
/// @param pairNoise whether the legacy is asked twice each time, to learn its noise
/// @param values whether examples show values as they are; otherwise they are redacted
/// @param most requests that are sent; the rest of the file is skipped
/// @param timeout for one answer as a whole
/// @param legacyHeaders set on every request to the legacy, in place of the recorded ones
/// @param candidateHeaders set on every request to the candidate
/// @param failOn the least severe difference that counts as one for the exit code
public record CompareOptions(
    URI legacy,
    URI candidate,
    Path requests,
    @Nullable Format format,
    boolean writes,
    boolean pairNoise,
    boolean values,
    long most,
    Duration timeout,
    Headers legacyHeaders,
    Headers candidateHeaders,
    Severity failOn) {}
