package dev.banyan.transfer.mysql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.banyan.transfer.engine.Replica;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/// What a real replica says of itself.
@Timeout(120)
class ReplicaStatusTest {
  @RegisterExtension static final MariaDbServer SOURCE = new MariaDbServer("--server-id=11");
  @RegisterExtension static final MariaDbServer COPY = new MariaDbServer("--server-id=12");

  @Test
  void aReplicaSaysHowFarItIsBehindAndWhenItStandsStill() throws Exception {
    assumeFalse(MariaDbServer.isMysql(), "skipped: MySQL has other words to begin with");
    String schema = SOURCE.schema();
    try (MysqlDatabase source = open(SOURCE);
        MysqlDatabase copy = open(COPY)) {
      assertThat(source.asReplica()).isEmpty();
      assertThat(copy.asReplica()).isEmpty();
      assertThat(source.replicas()).as("it does not know its replicas").isEmpty();
      COPY.run(
          "change master to master_host = '127.0.0.1', master_port = "
              + SOURCE.port()
              + ", master_user = 'root', master_password = '', master_ssl = 0",
          "start slave");
      until(() -> COPY.column("show databases").contains(schema));
      until(() -> copy.asReplica().equals(Optional.of(new Replica("copy", Duration.ZERO))));
      COPY.run("stop slave sql_thread");
      assertThat(copy.asReplica()).contains(new Replica("copy", null));
    }
  }

  private static MysqlDatabase open(MariaDbServer server) throws SQLException {
    return MysqlDatabase.open("copy", server.url(""), "root", "", Thread::new);
  }

  private interface Condition {
    boolean holds() throws SQLException;
  }

  private static void until(Condition condition) throws Exception {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (!condition.holds()) {
      assertThat(System.nanoTime()).as("in vain").isLessThan(end);
      Thread.sleep(20);
    }
  }
}
