package dev.banyan.transfer.moving;

import dev.banyan.migration.Certificate;
import dev.banyan.transfer.engine.EpochLost;
import dev.banyan.transfer.engine.Target;
import dev.banyan.transfer.engine.TargetWork;
import dev.banyan.transfer.plan.Plan;
import dev.banyan.transfer.reconcile.CertificateJson;
import dev.banyan.transfer.report.StatusReport;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/// What a transfer keeps in the target's database beside its rows, whichever side owns them.
final class Memory {
  private static final String OWNER = "owner";
  private static final String EPOCH = "epoch";
  private static final String CERTIFICATE = "certificate";
  private static final String HANDOVER = "handover";
  private static final String MOVER = "mover";

  /// When the mover last said that it is one.
  private static final String BEAT = "beat";

  private static final String STATUS = "status";
  private static final String TURN = "turn";
  private static final String SUFFIX = "names";
  private static final String WRITER = "writer";
  private static final JsonMapper JSON = JsonMapper.builder().build();

  /// Notes have no owner: one process at a time writes them, whoever owns the rows.
  private static final long NOTES = 0;

  private final Target notes;
  private final Target rows;

  /// @param notes a memory of its own at the target
  /// @param rows the target's memory of the way there, which has the plan
  Memory(Target notes, Target rows) {
    this.notes = notes;
    this.rows = rows;
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

  void prepare() throws SQLException {
    notes.prepare();
    rows.prepare();
  }

  Kept read() throws SQLException {
    prepare();
    Map<String, String> all = notes.memory();
    return new Kept(
        "target".equals(all.get(OWNER)),
        Long.parseLong(all.getOrDefault(EPOCH, "0")),
        Optional.ofNullable(all.get(CERTIFICATE)).map(CertificateJson::read),
        all.getOrDefault(HANDOVER, ""),
        status(all.get(STATUS)),
        all.getOrDefault(MOVER, ""),
        Plan.isKept(rows.memory()));
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

  /// Begins a transaction that writes what it has read. Works of one epoch go on side by side, so
  /// that a note is written first: whoever else comes to it waits for this transaction.
  private TargetWork alone() throws SQLException, EpochLost {
    TargetWork work = notes.begin(NOTES);
    try {
      work.remember(WRITER, "one at a time");
      return work;
    } catch (SQLException e) {
      try (work) {
        throw e;
      }
    }
  }

  /// @throws SQLException also where a later owner was entered meanwhile, by somebody who has taken
  ///   this one for dead
  void owner(boolean reversed, long epoch) throws SQLException {
    String owner = reversed ? "target" : "source";
    try (TargetWork work = alone()) {
      Map<String, String> now = notes.memory();
      long known = Long.parseLong(now.getOrDefault(EPOCH, "0"));
      if (known > epoch || (known == epoch && !owner.equals(now.getOrDefault(OWNER, owner)))) {
        throw new SQLException(
            "the rows have had a later owner since (epoch " + known + ", not " + epoch + ")");
      }
      work.remember(OWNER, owner);
      work.remember(EPOCH, Long.toString(epoch));
      work.commit();
    } catch (EpochLost e) {
      throw new SQLException(e.getMessage(), e);
    }
  }

  void certificate(Certificate certificate) throws SQLException {
    try (TargetWork work = notes.begin(NOTES)) {
      work.remember(CERTIFICATE, CertificateJson.write(certificate));
      work.commit();
    } catch (EpochLost e) {
      throw new SQLException(e.getMessage(), e);
    }
  }

  /// What ends the names of all that is created in the source, and of what follows the target's
  /// log: another one for each target, so that transfers of one name into different targets, or
  /// from different databases of one server, do not take each other's log. Empty where the transfer
  /// was begun before there was one.
  String suffix() throws SQLException {
    prepare();
    try (TargetWork work = alone()) {
      Map<String, String> all = notes.memory();
      String known = all.get(SUFFIX);
      if (known != null || all.containsKey(OWNER) || Plan.isKept(rows.memory())) {
        return known == null ? "" : known;
      }
      String made = "_" + UUID.randomUUID().toString().substring(0, 8);
      work.remember(SUFFIX, made);
      work.commit();
      return made;
    } catch (EpochLost e) {
      throw new SQLException(e.getMessage(), e);
    }
  }

  /// Gives a handover, or whoever brings one to its end, a number that nobody has had.
  ///
  /// @param least above which it is, such as what the databases have seen
  long nextTurn(long least) throws SQLException {
    notes.prepare();
    try (TargetWork work = alone()) {
      long turn = Math.max(least, turn()) + 1;
      work.remember(TURN, Long.toString(turn));
      work.commit();
      return turn;
    } catch (EpochLost e) {
      throw new SQLException(e.getMessage(), e);
    }
  }

  /// The number that was given last; 0 for none.
  long turn() throws SQLException {
    return Long.parseLong(notes.memory().getOrDefault(TURN, "0"));
  }

  /// @param turn of the handover that this is a step of
  /// @throws SQLException also where a later one has begun
  void handover(String step, long turn) throws SQLException {
    try (TargetWork work = alone()) {
      long last = turn();
      if (last > turn) {
        throw new SQLException(
            "a later handover has begun (turn "
                + last
                + ", not "
                + turn
                + "), and this one is over");
      }
      work.remember(HANDOVER, step);
      work.commit();
    } catch (EpochLost e) {
      throw new SQLException(e.getMessage(), e);
    }
  }

  /// Says that a process works on it, unless another one has said so not long ago.
  ///
  /// @param silence after which the other is taken for dead
  /// @param status where it stands, as far as that is known by now
  /// @return who works on it: the caller may where it is itself
  String claim(String self, Instant now, Duration silence, Optional<StatusReport> status)
      throws SQLException {
    try (TargetWork work = alone()) {
      Map<String, String> all = notes.memory();
      String mover = all.getOrDefault(MOVER, "");
      boolean taken = !mover.isEmpty() && !mover.equals(self);
      if (taken && beat(all.get(BEAT)).plus(silence).isAfter(now)) {
        return mover;
      }
      work.remember(MOVER, self);
      work.remember(BEAT, now.toString());
      if (status.isPresent()) {
        work.remember(STATUS, JSON.writeValueAsString(status.get()));
      }
      work.commit();
      return self;
    } catch (EpochLost e) {
      throw new SQLException(e.getMessage(), e);
    }
  }

  private static Instant beat(@Nullable String text) {
    return text == null ? Instant.EPOCH : Instant.parse(text);
  }

  /// Nobody works on it any more, if it was this process that did.
  void leave(String self, StatusReport status) throws SQLException {
    try (TargetWork work = alone()) {
      if (self.equals(notes.memory().get(MOVER))) {
        work.remember(STATUS, JSON.writeValueAsString(status));
        work.remember(MOVER, "");
        work.commit();
      }
    } catch (EpochLost e) {
      throw new SQLException(e.getMessage(), e);
    }
  }

  /// Forgets what a plan remembers in a target, so that the next one begins anew.
  static void forgetPlan(Target target, long epoch) throws SQLException, EpochLost {
    target.prepare();
    try (TargetWork work = target.begin(epoch)) {
      for (String name : target.memory().keySet()) {
        work.remember(name, "");
      }
      work.commit();
    }
  }
}
