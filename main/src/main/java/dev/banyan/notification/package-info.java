/// Tells other systems what happened: signed webhooks, and messages for a chat.
///
/// Start at [Notifier#tell]: it puts a [Notification] in line at every [Target] that wants it and
/// returns at once. Each target has a [Delivery], which sends one after the other through a
/// [Webhook], tries again as [Retries] says, and drops the oldest where too many wait. Nothing here
/// ever holds up a decision.
@NullMarked
package dev.banyan.notification;

import org.jspecify.annotations.NullMarked;
