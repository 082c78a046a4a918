package dev.banyan.config;

import dev.banyan.transfer.options.Throttle;
import dev.banyan.transfer.options.TransferOptions;
import java.util.List;

/// From the values of a file without problems to the options of its transfers.
final class TransferBinding {
  private TransferBinding() {}

  static List<TransferOptions> transfers(Values file) {
    return file.get(TransferKeys.TRANSFERS).stream().map(TransferBinding::transfer).toList();
  }

  private static TransferOptions transfer(Named<Values> transfer) {
    Values values = transfer.value();
    // Whatever this could find has been found by the checks.
    MappingBinding mapping = new MappingBinding(new Findings());
    return new TransferOptions(
        transfer.name(),
        values.get(TransferKeys.FROM),
        values.get(TransferKeys.TO),
        values.get(TransferKeys.FAMILIES).stream().map(Placed::value).toList(),
        values.get(TransferKeys.TABLES).stream()
            .map(table -> mapping.table(table.value()))
            .toList(),
        values.get(TransferKeys.CHECKS).stream().map(check -> check(check.value())).toList(),
        values.find(TransferKeys.HISTORY).isPresent(),
        throttle(values.get(TransferKeys.THROTTLE)),
        values.get(TransferKeys.CHUNK_ROWS),
        values.get(TransferKeys.PARALLEL),
        values.get(TransferKeys.LAG),
        values.get(TransferKeys.CERTIFICATE_AGE),
        values.get(TransferKeys.AFTER_WRITE),
        values.get(TransferKeys.RECONCILE_EVERY),
        values.get(TransferKeys.COMPARE).equals("pushed")
            ? TransferOptions.Compare.PUSHED
            : TransferOptions.Compare.ROWS);
  }

  private static TransferOptions.Check check(Values check) {
    return new TransferOptions.Check(
        check.get(TransferKeys.Check.NAME),
        check.get(TransferKeys.Check.SOURCE),
        check.get(TransferKeys.Check.TARGET));
  }

  private static Throttle throttle(Values throttle) {
    return new Throttle(
        throttle.find(TransferKeys.Throttling.ROWS_PER_SECOND).map(Long::valueOf).orElse(null),
        throttle.find(TransferKeys.Throttling.SOURCE_LATENCY).orElse(null),
        throttle.find(TransferKeys.Throttling.REPLICA_LAG).orElse(null),
        throttle.find(TransferKeys.Throttling.REPLICA).orElse(null),
        throttle.get(TransferKeys.Throttling.WAL_BUDGET),
        throttle
            .find(TransferKeys.Throttling.HOURS)
            .map(span ->
                new Throttle.Hours(
                    span.from(), span.to(), throttle.get(TransferKeys.Throttling.TIMEZONE)))
            .orElse(null));
  }
}
