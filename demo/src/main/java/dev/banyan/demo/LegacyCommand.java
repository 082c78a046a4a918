package dev.banyan.demo;

import com.zaxxer.hikari.HikariDataSource;
import dev.banyan.demo.legacy.LegacyShop;
import dev.banyan.demo.shop.Connections;
import dev.banyan.demo.shop.Parent;
import dev.banyan.demo.shop.ShopServer;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// Serves the legacy until standard input ends.
@Command(
    name = "legacy",
    description = "Serves the legacy shop until standard input ends.",
    mixinStandardHelpOptions = true)
final class LegacyCommand implements Callable<Integer> {
  @Mixin ServiceOptions options = new ServiceOptions();

  @Override
  public Integer call() throws IOException {
    try (HikariDataSource database = Connections.open(options.database);
        ShopServer server = ShopServer.start(options.port, new LegacyShop(database))) {
      System.out.println("legacy: serving on 127.0.0.1:" + server.port());
      Parent.awaitEnd(System.in);
    }
    return 0;
  }
}
