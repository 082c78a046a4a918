package dev.banyan.transfer.report;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// How a change of the owner went.
///
/// @param owner the database that owns the rows now; the same as before where it was undone
/// @param epoch the owner's, now
/// @param done whether the owner is another one now
/// @param undone why it is not, or null
/// @param fenced whether the old owner's database itself refuses the application's writes; without
///   that, a worker that goes round the gateway can still write there
/// @param pauseMillis how long writes were held
public record CutoverReport(
    String transfer,
    String owner,
    long epoch,
    boolean done,
    @Nullable String undone,
    boolean fenced,
    double pauseMillis,
    List<Step> steps) {
  public CutoverReport {
    steps = List.copyOf(steps);
  }

  /// One step that was done, or that failed and was undone.
  public record Step(String name, double millis) {}
}
