package dev.banyan.proxy.transport;

import dev.banyan.proxy.CertificateFiles;
import dev.banyan.proxy.CertificatePair;
import dev.banyan.proxy.FrontTls;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.codec.http2.Http2SecurityUtil;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.SupportedCipherSuiteFilter;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.EventExecutor;
import java.io.IOException;
import java.security.cert.X509Certificate;
import java.util.concurrent.atomic.AtomicInteger;

/// The certificate that new connections are shown, as its files were when they were last read and
/// fit.
///
/// [#renew] is called by one thread at a time and reads files; [#newHandler] only by event loops.
final class ShownCertificate {
  private final FrontTls options;
  private final CertificateFiles files;
  private volatile SslContext current;

  /// @throws IOException with a message for people that names the file and what is wrong with it
  ShownCertificate(FrontTls options) throws IOException {
    this.options = options;
    this.files = new CertificateFiles(options);
    this.current = context(files.read());
  }

  SslHandler newHandler(ByteBufAllocator allocator) {
    return current.newHandler(allocator);
  }

  /// Reads the files again if they have changed. New connections get what they hold now; others
  /// keep what they have.
  ///
  /// @param loops all that make handlers
  /// @return whether there is a new certificate
  /// @throws IOException once for each change for the worse: the old certificate stays
  boolean renew(Iterable<EventExecutor> loops) throws IOException {
    if (!files.haveChanged()) {
      return false;
    }
    SslContext before = current;
    current = context(files.read());
    releaseAfter(loops, before);
    return true;
  }

  /// The memory of a context is not the JVM's. It can go once every event loop has come to a point
  /// where it no longer makes a handler of it; handlers hold on to it by themselves.
  private static void releaseAfter(Iterable<EventExecutor> loops, SslContext old) {
    AtomicInteger left = new AtomicInteger(1);
    Runnable passed =
        () -> {
          if (left.decrementAndGet() == 0) {
            ReferenceCountUtil.release(old);
          }
        };
    for (EventExecutor loop : loops) {
      left.incrementAndGet();
      loop.execute(passed);
    }
    passed.run();
  }

  void close() {
    ReferenceCountUtil.release(current);
  }

  private SslContext context(CertificatePair pair) throws IOException {
    // BoringSSL where there is a build of it for the machine, the JDK's own TLS elsewhere.
    SslProvider provider =
        OpenSsl.isAvailable() && SslProvider.isAlpnSupported(SslProvider.OPENSSL_REFCNT)
            ? SslProvider.OPENSSL_REFCNT
            : SslProvider.JDK;
    String[] versions =
        options.only13() ? new String[] {"TLSv1.3"} : new String[] {"TLSv1.3", "TLSv1.2"};
    return SslContextBuilder.forServer(pair.key(), pair.chain().toArray(new X509Certificate[0]))
        .sslProvider(provider)
        .protocols(versions)
        .ciphers(Http2SecurityUtil.CIPHERS, SupportedCipherSuiteFilter.INSTANCE)
        .applicationProtocolConfig(
            new ApplicationProtocolConfig(
                ApplicationProtocolConfig.Protocol.ALPN,
                ApplicationProtocolConfig.SelectorFailureBehavior.NO_ADVERTISE,
                ApplicationProtocolConfig.SelectedListenerFailureBehavior.ACCEPT,
                ApplicationProtocolNames.HTTP_2,
                ApplicationProtocolNames.HTTP_1_1))
        .build();
  }
}
