package dev.banyan.bench.gateway;

import dev.banyan.bench.machine.Machine;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/// What the figures depend on: the machine, the programs, the flags, how it was measured.
final class Conditions {
  private Conditions() {}

  static Map<String, Object> of(Options.Plan plan, Upstream upstream, List<Contestant> contestants)
      throws IOException {
    Map<String, Object> conditions = Machine.conditions();
    conditions.put("banyan_flags", Banyan.flags());
    conditions.put("upstream", upstream.what());
    conditions.put("wrk", Wrk.version().orElse("none"));
    conditions.put("h2load", H2Load.version().orElse("none"));
    for (Contestant contestant : contestants) {
      conditions.put(contestant.name(), contestant.version().orElse("none"));
    }
    conditions.put("plan", plan.name());
    conditions.put("rounds", plan.rounds());
    conditions.put("warm_up_seconds", plan.warmUp().toSeconds());
    conditions.put("measure_seconds", plan.measure().toSeconds());
    return conditions;
  }
}
