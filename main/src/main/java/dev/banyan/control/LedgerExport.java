package dev.banyan.control;

import dev.banyan.cutover.LedgerEntry;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.Handler;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.function.Function;

/// Writes the ledger as JSON lines, page by page: what is held in memory does not grow with it.
///
/// The last line is the entry that was the last when the export began, or a later one. When it
/// fails half way the answer has no proper end, which HTTP shows to the client.
final class LedgerExport implements Handler {
  private static final int PAGE = 200;

  private final Operations operations;

  LedgerExport(Operations operations) {
    this.operations = operations;
  }

  @Override
  public void handle(ServerRequest request, ServerResponse response) {
    long from = Math.max(1, ApiRoutes.number(request, "from", 1, Long.MAX_VALUE));
    Instant since = request.query().first("since").map(LedgerExport::moment).orElse(Instant.MIN);
    Function<LedgerEntry, Object> form =
        form(request.query().first("format").orElse("cloudevents"));
    // Before the head goes out, so that a store that fails is still answered as one.
    List<LedgerEntry> page = operations.ledgerAfter(from - 1, PAGE);
    response.header(HeaderNames.CONTENT_TYPE, "application/x-ndjson");
    try {
      // Not closed on a failure: its end would look like the end of the ledger.
      OutputStream out = new BufferedOutputStream(response.outputStream(), 1 << 16);
      while (!page.isEmpty()) {
        for (LedgerEntry entry : page) {
          if (!entry.at().isBefore(since)) {
            out.write(Json.bytes(form.apply(entry)));
            out.write('\n');
          }
        }
        page = operations.ledgerAfter(page.getLast().seq(), PAGE);
      }
      out.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Function<LedgerEntry, Object> form(String format) {
    return switch (format) {
      case "cloudevents" -> LedgerDocuments.CloudEvent::of;
      case "json" -> LedgerDocuments.Entry::of;
      default ->
          throw RefusedException.invalid(
              "query parameter 'format' must be cloudevents or json, not " + format);
    };
  }

  private static Instant moment(String text) {
    try {
      return text.contains("T")
          ? Instant.parse(text)
          : LocalDate.parse(text).atStartOfDay(ZoneOffset.UTC).toInstant();
    } catch (DateTimeException e) {
      RefusedException refused =
          RefusedException.invalid(
              "query parameter 'since' must be a day such as 2027-03-31 (in UTC) or a moment such"
                  + " as 2027-03-31T12:00:00Z, not "
                  + text);
      refused.initCause(e);
      throw refused;
    }
  }
}
