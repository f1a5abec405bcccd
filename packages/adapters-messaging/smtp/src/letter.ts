import type { OutgoingMessage } from '@stayward/core/adapter'
import { mailboxOf } from './mail-address.ts'
import type { SmtpConfig } from './smtp-config.ts'

/** A mail as it is handed in, beside its recipient. */
export interface Letter {
  /** With its brackets. The same for every attempt at one message. */
  readonly messageId: string
  readonly from: { readonly name: string; readonly address: string }
  readonly replyTo?: string
  readonly subject: string
  readonly text: string
  readonly html: string
  /** Message-ID of ours that this one follows. */
  readonly inReplyTo?: string
}

export function letterOf(config: SmtpConfig, message: OutgoingMessage): Letter {
  const { key, subject, text, content, replyTo } = message
  const address = mailboxOf(config.fromAddress) ?? config.fromAddress // the configuration's schema has asked the same
  const answers = config.replyTo === undefined ? undefined : mailboxOf(config.replyTo)
  return {
    messageId: messageIdOf(key, address),
    from: { name: config.fromName ?? '', address },
    ...(answers === undefined ? {} : { replyTo: answers }),
    subject: subject ?? config.fromName ?? address,
    text,
    html: htmlOf(text, content?.language),
    // Only what we have called ourselves or a server has told; anything else could be another header.
    ...(replyTo !== undefined && /^<[\x21-\x3b\x3d\x3f-\x7e]{3,250}>$/.test(replyTo) ? { inReplyTo: replyTo } : {}),
  }
}

/** `<key@domain of the sender>`: what bounces and answers name, and what mail programs show once. */
export function messageIdOf(key: string, from: string): string {
  return `<${key}@${from.slice(from.lastIndexOf('@') + 1)}>`
}

/** The text, and nothing else, for programs that show HTML first. No pictures, no links to count. */
export function htmlOf(text: string, language?: string): string {
  const paragraphs = text
    .trim()
    .split(/\n{2,}/)
    .map((paragraph) => `<p>${escaped(paragraph).replaceAll('\n', '<br>\n')}</p>`)
  const lang = language === undefined || !/^[a-z]{2}$/.test(language) ? '' : ` lang="${language}"`
  const style = 'font-family: sans-serif; font-size: 16px; line-height: 1.5'
  return [
    `<!doctype html>`,
    `<html${lang}>`,
    `<head><meta charset="utf-8"></head>`,
    `<body dir="auto" style="${style}">`,
    ...paragraphs,
    `</body>`,
    `</html>`,
    '',
  ].join('\n')
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

const escaped = (text: string) => text.replaceAll(/[&<>"']/g, (sign) => entities[sign] ?? sign)
