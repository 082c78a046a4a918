package dev.banyan.transfer.mysql;

import com.github.shyiko.mysql.binlog.BinaryLogClient;
import com.github.shyiko.mysql.binlog.event.ByteArrayEventData;
import com.github.shyiko.mysql.binlog.event.Event;
import com.github.shyiko.mysql.binlog.event.EventData;
import com.github.shyiko.mysql.binlog.event.EventHeader;
import com.github.shyiko.mysql.binlog.event.EventHeaderV4;
import com.github.shyiko.mysql.binlog.event.EventType;
import com.github.shyiko.mysql.binlog.event.FormatDescriptionEventData;
import com.github.shyiko.mysql.binlog.event.deserialization.ByteArrayEventDataDeserializer;
import com.github.shyiko.mysql.binlog.event.deserialization.EventDeserializer;
import com.github.shyiko.mysql.binlog.io.ByteArrayInputStream;
import com.github.shyiko.mysql.binlog.network.SSLMode;
import com.github.shyiko.mysql.binlog.network.protocol.command.QueryCommand;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import org.mariadb.jdbc.export.SslMode;

/// Fetches the binary log's events on a thread of its own and hands them over by a queue, bounded
/// by bytes: where the reader is slower, the server waits.
///
/// Rows stay bytes here; whoever follows the log decodes them, and only those of its tables. The
/// client's own repair of its connection is off: what is lost is told.
final class BinlogFeed implements AutoCloseable {
  private static final int BOUND = 64 << 20;

  /// What an event costs beyond its bytes.
  private static final int OVERHEAD = 256;

  private static final Duration HEARTBEAT = Duration.ofSeconds(5);
  private static final Duration CONNECT = Duration.ofSeconds(20);

  private static final List<EventType> ROWS =
      List.of(
          EventType.WRITE_ROWS,
          EventType.UPDATE_ROWS,
          EventType.DELETE_ROWS,
          EventType.EXT_WRITE_ROWS,
          EventType.EXT_UPDATE_ROWS,
          EventType.EXT_DELETE_ROWS,
          EventType.TRANSACTION_PAYLOAD,
          EventType.PARTIAL_UPDATE_ROWS_EVENT);

  /// What the queue holds: an event, or why there are no more.
  sealed interface Item {
    record Arrived(Event event, int cost) implements Item {}

    record Ended(Exception why) implements Item {}
  }

  private final BlockingQueue<Item> queue = new LinkedBlockingQueue<>();
  private final Semaphore room = new Semaphore(BOUND);
  private final BinaryLogClient client;
  private final Raw events = deserializer();
  private volatile boolean closed;

  BinlogFeed(Sessions sessions, String transfer, String file, long offset, ThreadFactory threads) {
    client =
        new Client(
            sessions.address().host, sessions.address().port, sessions.user(), sessions.password());
    client.setServerId(serverId(transfer, sessions.database()));
    client.setBinlogFilename(file);
    client.setBinlogPosition(Math.max(offset, Logs.FIRST));
    client.setKeepAlive(false);
    client.setHeartbeatInterval(HEARTBEAT.toMillis());
    client.setConnectTimeout(CONNECT.toMillis());
    client.setSSLMode(encryption(sessions));
    client.setEventDeserializer(events);
    client.registerEventListener(this::arrived);
    client.registerLifecycleListener(new Life());
    threads.newThread(this::run).start();
  }

  /// Two clients of one id end each other's connections: so a restarted program ends the one that
  /// it left behind, and two transfers do not.
  private static long serverId(String transfer, String database) {
    return 0x4200_0000L | ((transfer + '\n' + database).hashCode() & 0x00ff_ffffL);
  }

  private static SSLMode encryption(Sessions sessions) {
    SslMode mode = sessions.configuration().sslMode();
    return switch (mode) {
      case DISABLE -> SSLMode.DISABLED;
      case TRUST -> SSLMode.REQUIRED;
      // The driver trusts a certificate that the account's password vouches for; this client can
      // not, and encrypts all the same.
      case VERIFY_CA, VERIFY_FULL, ALLOW -> SSLMode.PREFERRED;
    };
  }

  private static Raw deserializer() {
    Raw events = new Raw();
    for (EventType type : ROWS) {
      events.setEventDataDeserializer(type, new ByteArrayEventDataDeserializer());
    }
    return events;
  }

  /// Table maps as bytes too: the client's own reading stops at types that it does not know, in
  /// whosever tables they are.
  private static final class Raw extends EventDeserializer {
    private int checksum;

    /// @param length of the checksum at each event's end, as the file's first event says
    void checksum(int length) {
      checksum = length;
    }

    @Override
    public EventData deserializeTableMapEventData(ByteArrayInputStream in, EventHeader header)
        throws IOException {
      ByteArrayEventData data = new ByteArrayEventData();
      data.setData(in.read((int) header.getDataLength() - checksum));
      in.skip(checksum);
      return data;
    }
  }

  /// A reader that is slow for an hour is not dead.
  private static final class Client extends BinaryLogClient {
    Client(String host, int port, String user, String password) {
      super(host, port, user, password);
    }

    @Override
    protected void requestBinaryLogStream() throws IOException {
      channel.write(new QueryCommand("set session net_write_timeout = 3600"));
      checkError(channel.read());
      super.requestBinaryLogStream();
    }
  }

  private void run() {
    try {
      client.connect();
      ended(new IOException("the server closed the connection"));
    } catch (IOException | RuntimeException e) {
      ended(e);
    }
  }

  private void arrived(Event event) {
    EventHeaderV4 header = event.getHeader();
    if (event.getData() instanceof FormatDescriptionEventData format) {
      events.checksum(format.getChecksumType().getLength());
    }
    int cost = (int) Math.min(BOUND, header.getEventLength() + OVERHEAD);
    try {
      while (!closed && !room.tryAcquire(cost, 1, TimeUnit.SECONDS)) {
        // the reader is slower than the server
      }
      queue.add(new Item.Arrived(event, cost));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      ended(e);
    }
  }

  private void ended(Exception why) {
    queue.add(new Item.Ended(why));
  }

  private final class Life extends BinaryLogClient.AbstractLifecycleListener {
    @Override
    public void onCommunicationFailure(BinaryLogClient failed, Exception e) {
      ended(e);
    }

    @Override
    public void onEventDeserializationFailure(BinaryLogClient failed, Exception e) {
      ended(e);
    }
  }

  /// @return empty when none came in time
  /// @throws SQLException where no more will come
  Optional<Event> next(Duration wait) throws SQLException, InterruptedException {
    Item item = queue.poll(wait.toNanos(), TimeUnit.NANOSECONDS);
    return switch (item) {
      case null -> Optional.empty();
      case Item.Arrived arrived -> {
        room.release(arrived.cost());
        yield Optional.of(arrived.event());
      }
      case Item.Ended ended -> {
        queue.add(ended);
        throw new SQLException(
            "the binary log is not being read any more: " + ended.why().getMessage(), ended.why());
      }
    };
  }

  @Override
  public void close() throws SQLException {
    closed = true;
    try {
      client.disconnect();
    } catch (IOException e) {
      throw new SQLException("the log's connection did not close", e);
    }
  }
}
