package dev.banyan.demo.candidate;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;

/// Which faults are on. Read by every request and changed at any time: one volatile field.
public final class Faults {
  private volatile Set<Fault> planted = Set.of();

  /// Reads `planted` for all, `none`, or names divided by commas.
  ///
  /// @throws IllegalArgumentException with a message for users, on a name there is not
  public static Set<Fault> parse(String text) {
    return switch (text.strip()) {
      case "planted" -> EnumSet.allOf(Fault.class);
      case "none" -> Set.of();
      default -> {
        Set<Fault> faults = EnumSet.noneOf(Fault.class);
        for (String word : text.split(",", -1)) {
          faults.add(
              Fault.named(word.strip())
                  .orElseThrow(() -> new IllegalArgumentException(unknown(word.strip()))));
        }
        yield faults;
      }
    };
  }

  private static String unknown(String word) {
    return "there is no fault '"
        + word
        + "'; there are: planted, none, "
        + String.join(", ", Arrays.stream(Fault.values()).map(Fault::word).toList());
  }

  /// Turns on these and no others.
  public void plant(Set<Fault> faults) {
    planted = Set.copyOf(faults);
  }

  /// Whether a fault is on and planted at this endpoint.
  boolean on(Fault fault, String method, String template) {
    return planted.contains(fault) && fault.at(method, template);
  }

  /// Whether a fault is on and planted at this operation.
  boolean on(Fault fault, Operation operation) {
    return on(fault, operation.method(), operation.template());
  }
}
