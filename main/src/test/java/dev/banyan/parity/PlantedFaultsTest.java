package dev.banyan.parity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banyan.exchange.Difference;
import dev.banyan.exchange.Response;
import dev.banyan.exchange.Verdict;
import dev.banyan.migration.Severity;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// How many of the faults that rewrites make are found, and called what they are.
class PlantedFaultsTest {
  private static final int ANSWERS = 60;

  @Test
  void findsNinetyNineOfAHundredFaultsAndCallsNinetyFiveByTheirSeverity() {
    List<PlantedFaults.Fault> faults = PlantedFaults.all();
    assertThat(faults).hasSizeGreaterThanOrEqualTo(60);
    assertThat(faults).extracting(PlantedFaults.Fault::name).doesNotHaveDuplicates();
    List<String> missed = new ArrayList<>();
    List<String> miscalled = new ArrayList<>();
    int planted = 0;
    for (PlantedFaults.Fault fault : faults) {
      for (int seed = 0; seed < ANSWERS; seed++) {
        Optional<Verdict> verdict = verdict(fault, seed);
        if (verdict.isPresent()) {
          planted++;
          Optional<Severity> worst =
              Answers.differences(verdict.get()).stream()
                  .map(Difference::severity)
                  .min(Severity::compareTo);
          if (worst.isEmpty()) {
            missed.add(fault.name() + " " + seed);
          } else if (worst.get() != fault.severity()) {
            miscalled.add(fault.name() + " " + seed + " " + Answers.found(verdict.get()));
          }
        }
      }
    }
    System.out.printf(
        "planted faults: %d kinds, %d answers; recall %.4f, right severity %.4f%n",
        faults.size(),
        planted,
        1 - (double) missed.size() / planted,
        1 - (double) miscalled.size() / planted);
    assertThat(planted).isGreaterThan(faults.size() * ANSWERS * 9 / 10);
    assertThat(missed).hasSizeLessThanOrEqualTo(planted / 100);
    assertThat(miscalled).hasSizeLessThanOrEqualTo(planted / 20);
  }

  /// Empty where the answer has no place for the fault.
  private static Optional<Verdict> verdict(PlantedFaults.Fault fault, int seed) {
    GeneratedAnswer sound = GeneratedAnswer.of(new Random(seed));
    GeneratedAnswer faulty = GeneratedAnswer.of(new Random(seed));
    Response before = sound.plain();
    fault.plant().accept(faulty, new Random(seed));
    Response planted = faulty.plain();
    boolean nothing =
        before.status() == planted.status()
            && before.headers().equals(planted.headers())
            && before.body().sameBytes(planted.body());
    return nothing
        ? Optional.empty()
        : Optional.of(Comparison.of().compare(before, faulty.respelled(new Random(seed))));
  }

  @Test
  void anAnswerThatIsWrittenOtherwiseIsAMatch() {
    for (int seed = 0; seed < 5_000; seed++) {
      GeneratedAnswer answer = GeneratedAnswer.of(new Random(seed));
      Verdict verdict =
          Comparison.of()
              .compare(
                  answer.respelled(new Random(seed + 1)), answer.respelled(new Random(seed + 2)));
      assertThat(Answers.found(verdict)).as("seed " + seed).isEmpty();
      assertThat(verdict).isEqualTo(new Verdict.Match());
    }
  }
}
