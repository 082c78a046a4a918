package dev.banyan.transfer.mysql;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class MariaDbServerTest {
  @RegisterExtension static final MariaDbServer SERVER = new MariaDbServer();

  @Test
  void itLogsWholeRows() throws Exception {
    assertThat(
            SERVER.column(
                "select concat(@@log_bin, @@binlog_format, @@binlog_row_image, @@server_id)"))
        .containsExactly("ONROWFULL1");
  }
}
