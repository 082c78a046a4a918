package dev.banyan.proxy.transport;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;

/// A client that writes bytes and reads answers.
final class Client implements AutoCloseable {
  final Socket socket = new Socket();
  final InputStream in;

  Client(InetSocketAddress gateway) throws IOException {
    socket.connect(gateway, 5_000);
    socket.setSoTimeout(15_000);
    in = new BufferedInputStream(socket.getInputStream());
  }

  Client send(String text) throws IOException {
    return send(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  Client send(byte[] bytes) throws IOException {
    socket.getOutputStream().write(bytes);
    socket.getOutputStream().flush();
    return this;
  }

  Client get(String target, String... fields) throws IOException {
    return request("GET", target, fields);
  }

  Client request(String method, String target, String... fields) throws IOException {
    StringBuilder head = new StringBuilder(method + " " + target + " HTTP/1.1\r\nHost: shop\r\n");
    for (String field : fields) {
      head.append(field).append("\r\n");
    }
    return send(head.append("\r\n").toString());
  }

  Client post(String target, String body, String... fields) throws IOException {
    String[] all = new String[fields.length + 1];
    System.arraycopy(fields, 0, all, 0, fields.length);
    all[fields.length] = "Content-Length: " + body.length();
    return request("POST", target, all).send(body);
  }

  /// The next answer's head.
  Message head() throws IOException {
    Message head = Message.readHead(in);
    if (head == null) {
      throw new EOFException("the connection ended without an answer");
    }
    return head;
  }

  /// The next answer's body, its status before it.
  String answer() throws IOException {
    Message head = head();
    return head.status() + " " + head.answerText();
  }

  /// Whether the gateway ends the connection, one way or the other, with nothing more to read.
  boolean isEnded() throws IOException {
    try {
      return in.read() < 0;
    } catch (SocketException e) {
      return true; // reset
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
