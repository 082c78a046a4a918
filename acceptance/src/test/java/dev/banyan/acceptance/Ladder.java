package dev.banyan.acceptance;

import java.io.IOException;
import java.time.Duration;

/// Takes a family up its phases as a patient operator would: it promotes whenever the gates allow
/// it, and where they want more evidence it sends more requests.
///
/// @param round sends at least one request to each safe endpoint of the family; its number never
///   comes twice
record Ladder(Banyan banyan, String family, Load.Round round) {
  private static final Duration BOUND = Duration.ofSeconds(60);
  private static final int ROUNDS = 50;

  /// Promotes until the family is in a phase, at its first step.
  ///
  /// @param where as [Control#phase] says it: `shadow`, `canary 5%`
  void reach(String where) throws Exception {
    Control control = banyan.control();
    long[] number = {System.nanoTime() & 0xffff_ffffL};
    try (Client client = banyan.client()) {
      Await.until(
          family + " reaches " + where,
          BOUND,
          () -> {
            if (control.phase(family).equals(where)) {
              return true;
            }
            climb(control, client, number);
            return control.phase(family).equals(where);
          });
    } catch (AssertionError e) {
      throw new AssertionError(
          e.getMessage() + "; it stands at " + control.family(family).toPrettyString(), e);
    }
  }

  private void climb(Control control, Client client, long[] number)
      throws IOException, InterruptedException {
    Control.Answer answer = control.promote(family);
    if (answer.status() == 200) {
      return;
    }
    if (!answer.code().equals("gate-refused")) {
      throw new IllegalStateException("promotion failed for another reason than a gate: " + answer);
    }
    for (int i = 0; i < ROUNDS; i++) {
      round.go(client, number[0]++);
    }
  }
}
