package dev.banyan.app;

import dev.banyan.config.BanyanConfig;
import dev.banyan.config.HostPort;
import dev.banyan.cutover.Cutover;
import dev.banyan.proxy.GatewayOptions;
import dev.banyan.proxy.KeptWrites;
import dev.banyan.proxy.Outcomes;
import dev.banyan.proxy.SafetyNet;
import dev.banyan.proxy.Tee;
import dev.banyan.proxy.WriteCare;
import dev.banyan.proxy.transport.Gateway;
import dev.banyan.proxy.transport.Services;
import dev.banyan.routing.LiveTable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadLocalRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What clients meet: where the gateway listens, and the certificate that it shows.
final class Front {
  private static final Logger LOG = LoggerFactory.getLogger(Front.class);

  private Front() {}

  /// Begins to serve clients.
  ///
  /// @throws IOException with a message for people, when the address or a certificate can not be
  ///   had
  static Gateway open(
      BanyanConfig config,
      LiveTable table,
      Services services,
      Outcomes outcomes,
      Tee tee,
      KeptWrites kept,
      SafetyNet net,
      WriteCare writes,
      Executor blocking)
      throws IOException {
    try {
      return Gateway.start(
          GatewayOptions.on(address("listen", config.listen()), loops())
              .with(config.tls())
              .trusting(config.trustedProxies())
              .with(config.limits()),
          new Gateway.Ports(
              table,
              services,
              outcomes,
              tee,
              kept,
              net,
              writes,
              System::nanoTime,
              () -> ThreadLocalRandom.current().nextLong(),
              blocking));
    } catch (UncheckedIOException e) {
      throw new IOException("tls: " + e.getMessage(), e);
    } catch (Exception e) {
      // Netty throws what the system said, checked or not.
      throw new IOException(
          "the gateway can not listen on "
              + config.listen()
              + ": another program may have that port ("
              + e.getMessage()
              + "); set listen to a free address",
          e);
    }
  }

  /// Shows new connections what the files of the certificate hold now, if it is fit.
  static void renewCertificate(Gateway gateway, Cutover cutover) {
    try {
      if (gateway.renewCertificate()) {
        LOG.info("new connections are shown the new certificate");
        cutover.configLoaded("loaded a new certificate");
      }
    } catch (IOException e) {
      LOG.error("the certificate in force stays: {}", e.getMessage());
      cutover.configLoaded("refused a new certificate, the one in force stays: " + e.getMessage());
    }
  }

  static InetSocketAddress address(String key, HostPort where) throws IOException {
    InetSocketAddress address = new InetSocketAddress(where.host(), where.port());
    if (address.isUnresolved()) {
      throw new IOException(
          key + ": the host of '" + where + "' is not known; give an address of this machine");
    }
    return address;
  }

  /// One event loop for each processor, but one that is left to everything else.
  private static int loops() {
    return Math.max(1, Runtime.getRuntime().availableProcessors() - 1);
  }

  static String text(InetSocketAddress address) {
    return new HostPort(address.getAddress().getHostAddress(), address.getPort()).toString();
  }
}
