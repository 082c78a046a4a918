package dev.banyan.config;

import dev.banyan.cutover.FamilyPolicy.Strategy;
import dev.banyan.cutover.RecurringFreeze;
import dev.banyan.migration.Phase;
import dev.banyan.migration.Weight;
import java.util.List;
import java.util.Optional;

/// What must hold between the keys of how families may move.
final class PolicyChecks {
  private final List<Named<Values>> freezes;
  private final Findings findings;

  PolicyChecks(Values file, Findings findings) {
    this.freezes = file.find(Keys.FREEZES).orElse(List.of());
    this.findings = findings;
  }

  void family(Values family) {
    family.placed(PolicyKeys.STEPS).ifPresent(steps -> steps(steps.value()));
    family.find(PolicyKeys.FREEZE).ifPresent(names -> names.forEach(this::named));
    if (family.find(PolicyKeys.STRATEGY).filter(Strategy.BLUE_GREEN::equals).isPresent()) {
      family.find(PolicyKeys.REQUIRE_APPROVAL).ifPresent(phases -> phases.forEach(this::entered));
    }
  }

  /// An approval of what is never entered would never be asked for.
  private void entered(Placed<Phase.Name> phase) {
    if (phase.value() == Phase.Name.CANARY) {
      findings.add(
          phase.place(),
          "'canary' is left out by strategy: blue-green, which goes from shadow to reads; allowed:"
              + " shadow, reads, writes, retired");
    }
  }

  private void steps(List<Placed<Values>> steps) {
    List<Placed<Weight>> weights =
        steps.stream()
            .flatMap(step -> step.value().placed(PolicyKeys.Step.WEIGHT).stream())
            .toList();
    for (int i = 1; i < weights.size(); i++) {
      Weight before = weights.get(i - 1).value();
      Weight weight = weights.get(i).value();
      if (weight.compareTo(before) <= 0) {
        findings.add(
            weights.get(i).place(),
            "'" + weight + "' comes after '" + before + "'; allowed: more with every step");
      }
    }
    boolean all = weights.size() == steps.size() && !weights.isEmpty();
    if (all && !weights.getLast().value().equals(Weight.FULL)) {
      findings.add(
          weights.getLast().place(),
          "the last step is '" + weights.getLast().value() + "'; allowed: 100%");
    }
  }

  private void named(Placed<String> name) {
    List<String> known = freezes.stream().map(Named::name).toList();
    if (!known.contains(name.value())) {
      findings.add(
          name.place(),
          "there is no freeze '"
              + name.value()
              + "'"
              + Nearest.hint(name.value(), known)
              + "; allowed: "
              + (known.isEmpty() ? "(none; declare it in freezes)" : String.join(", ", known)));
    }
  }

  /// That each rule fits its start.
  void freezes() {
    for (Named<Values> freeze : freezes) {
      Values values = freeze.value();
      Optional<Placed<String>> rule = values.placed(FreezeKeys.RULE);
      if (rule.isPresent()
          && values.find(FreezeKeys.START).isPresent()
          && values.find(FreezeKeys.TIMEZONE).isPresent()
          && values.find(FreezeKeys.DURATION).isPresent()) {
        try {
          RecurringFreeze fits = PolicyBinding.freeze(freeze.name(), values);
          assert fits.rule() != null;
        } catch (IllegalArgumentException e) {
          findings.add(
              rule.get().place(), e.getMessage() + "; allowed: a rule that comes after the start");
        }
      }
    }
  }
}
