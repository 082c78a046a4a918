package dev.banyan.transfer.moving;

import dev.banyan.migration.Certificate;
import dev.banyan.transfer.engine.EpochLost;
import dev.banyan.transfer.engine.Target;
import dev.banyan.transfer.engine.TargetWork;
import dev.banyan.transfer.reconcile.CertificateJson;
import dev.banyan.transfer.report.StatusReport;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/// What a transfer keeps in the target's database beside its rows, whichever side owns them.
///
/// The names that begin with `transfer.` are ours; all others are the plan's.
final class Memory {
  private static final String OURS = "transfer.";
  private static final String OWNER = OURS + "owner";
  private static final String EPOCH = OURS + "epoch";
  private static final String CERTIFICATE = OURS + "certificate";
  private static final String HANDOVER = OURS + "handover";
  private static final String MOVER = OURS + "mover";
  private static final String STATUS = OURS + "status";
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final Target target;

  Memory(Target target) {
    this.target = target;
  }

  /// Everything at one moment.
  ///
  /// @param reversed whether the target owns the rows
  /// @param mover the process that works on it, or did so last; empty where none did
  /// @param begun whether any rows were ever copied or followed
  record Kept(
      boolean reversed,
      long epoch,
      Optional<Certificate> certificate,
      String handover,
      Optional<StatusReport> status,
      String mover,
      boolean begun) {}

  Kept read() throws SQLException {
    target.prepare();
    Map<String, String> all = target.memory();
    return new Kept(
        "target".equals(all.get(OWNER)),
        Long.parseLong(all.getOrDefault(EPOCH, "0")),
        Optional.ofNullable(all.get(CERTIFICATE)).map(CertificateJson::read),
        all.getOrDefault(HANDOVER, ""),
        status(all.get(STATUS)),
        all.getOrDefault(MOVER, ""),
        all.keySet().stream().anyMatch(name -> !name.startsWith(OURS)));
  }

  private static Optional<StatusReport> status(@Nullable String text) {
    if (text == null) {
      return Optional.empty();
    }
    try {
      return Optional.of(JSON.readValue(text, StatusReport.class));
    } catch (JacksonException _) {
      // Of another version: it is written anew within a second of running.
      return Optional.empty();
    }
  }

  /// @throws EpochLost where another process has raised the epoch since
  void owner(boolean reversed, long epoch) throws SQLException, EpochLost {
    target.raise(epoch);
    write(epoch, Map.of(OWNER, reversed ? "target" : "source", EPOCH, Long.toString(epoch)));
  }

  void certificate(long epoch, Certificate certificate) throws SQLException, EpochLost {
    write(epoch, Map.of(CERTIFICATE, CertificateJson.write(certificate)));
  }

  void handover(long epoch, String step) throws SQLException, EpochLost {
    write(epoch, Map.of(HANDOVER, step));
  }

  /// @param mover who works on it; empty where nobody does from now on
  void status(long epoch, StatusReport status, String mover) throws SQLException, EpochLost {
    write(epoch, Map.of(STATUS, JSON.writeValueAsString(status), MOVER, mover));
  }

  private void write(long epoch, Map<String, String> texts) throws SQLException, EpochLost {
    try (TargetWork work = target.begin(epoch)) {
      for (Map.Entry<String, String> each : texts.entrySet()) {
        work.remember(each.getKey(), each.getValue());
      }
      work.commit();
    }
  }

  /// Forgets what a plan remembers in a target, so that the next one begins anew.
  static void forgetPlan(Target target, long epoch) throws SQLException, EpochLost {
    target.prepare();
    Map<String, String> all = new HashMap<>(target.memory());
    all.keySet().removeIf(name -> name.startsWith(OURS));
    try (TargetWork work = target.begin(epoch)) {
      for (String name : all.keySet()) {
        work.remember(name, "");
      }
      work.commit();
    }
  }
}
