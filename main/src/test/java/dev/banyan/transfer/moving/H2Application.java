package dev.banyan.transfer.moving;

import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import org.h2.api.ErrorCode;
import org.h2.tools.Server;

/// An application in a process of its own. It has the database open, or serves it, and writes to it
/// until its standard input ends; then it says how many rows it has written.
final class H2Application {
  private static final int ROWS = 1_000;

  private H2Application() {}

  /// @param arguments a file's URL; and `serve` to have others come by TCP
  public static void main(String... arguments) throws SQLException, IOException {
    try (Connection connection = DriverManager.getConnection(arguments[0], "sa", "");
        Statement statement = connection.createStatement()) {
      statement.execute("create table orders (id bigint primary key, cents int not null)");
      statement.execute("insert into orders select x, x from system_range(1, " + ROWS + ")");
      Server server = null;
      if (arguments.length > 1) {
        server = Server.createTcpServer("-tcpPort", "0", "-ifExists").start();
        System.out.println(server.getPort());
      } else {
        System.out.println("ready");
      }
      int id = ROWS;
      while (System.in.available() == 0) {
        id++;
        write(statement, "insert into orders values (" + id + ", 7)");
        write(statement, "update orders set cents = cents + 1 where id = " + id % ROWS);
      }
      System.out.println(id);
      // The database is closed once the other side has compared.
      while (System.in.read() != -1) {
        Thread.onSpinWait();
      }
      if (server != null) {
        server.stop();
      }
    }
  }

  /// H2 goes through a table's triggers while another is created, and fails: such a statement has
  /// to be tried again, as the guide says.
  private static void write(Statement statement, String sql) throws SQLException {
    while (true) {
      try {
        statement.execute(sql);
        return;
      } catch (SQLException e) {
        if (e.getErrorCode() != ErrorCode.GENERAL_ERROR_1) {
          throw e;
        }
      }
    }
  }
}
