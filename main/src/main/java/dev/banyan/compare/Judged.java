package dev.banyan.compare;

import dev.banyan.exchange.Difference;
import dev.banyan.migration.Endpoint;
import dev.banyan.migration.Severity;
import java.util.List;

/// What came of one request of the file.
///
/// @param status the legacy's, 0 where it gave no answer
/// @param place in the file
/// @param request the request line as it may be shown
/// @param differences none where it matched
/// @param forms every form of value that differs, where noise may still explain it
record Judged(
    Endpoint endpoint,
    int status,
    String place,
    String request,
    Outcome outcome,
    List<Difference> differences,
    List<Difference> forms) {

  sealed interface Outcome {
    /// Compared: whether it is a match is told by the differences.
    record Compared() implements Outcome {}

    record Raced() implements Outcome {}

    record Skipped(String reason) implements Outcome {}
  }

  static final Outcome COMPARED = new Outcome.Compared();
  static final Outcome RACED = new Outcome.Raced();

  Judged {
    differences = List.copyOf(differences);
    forms = List.copyOf(forms);
  }

  boolean isMismatch() {
    return outcome instanceof Outcome.Compared
        && differences.stream().anyMatch(each -> each.severity() != Severity.COSMETIC);
  }

  Judged at(Endpoint other) {
    return new Judged(other, status, place, request, outcome, differences, forms);
  }

  Judged with(Outcome other, List<Difference> rest) {
    return new Judged(endpoint, status, place, request, other, rest, List.of());
  }
}
