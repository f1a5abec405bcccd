import { HttpResponse } from 'msw'
import * as z from 'zod'
import { graphError } from './vendor-answers.ts'
import {
  magicNumbers,
  type MessageState,
  type NumberState,
  type Room,
  type StatusState,
  unreachableNumber,
} from './vendor-state.ts'
import { userIdOf, waIdOf } from './vendor-state.ts'

const parameter = z.strictObject({
  type: z.literal('text'),
  parameter_name: z.string().optional(),
  text: z.string(),
})
const message = z
  .strictObject({
    messaging_product: z.literal('whatsapp'),
    recipient_type: z.literal('individual').optional(),
    to: z.string().min(1),
    context: z.strictObject({ message_id: z.string().min(1) }).optional(),
    biz_opaque_callback_data: z.string().max(256).optional(),
    type: z.enum(['text', 'template', 'interactive']),
    text: z.strictObject({ preview_url: z.boolean().optional(), body: z.string().min(1).max(4096) }).optional(),
    interactive: z
      .strictObject({
        type: z.literal('button'),
        body: z.strictObject({ text: z.string().min(1).max(1024) }),
        action: z.strictObject({
          buttons: z
            .array(
              z.strictObject({
                type: z.literal('reply'),
                reply: z.strictObject({ id: z.string().min(1).max(256), title: z.string().min(1).max(20) }),
              }),
            )
            .min(1)
            .max(3),
        }),
      })
      .optional(),
    template: z
      .strictObject({
        name: z.string(),
        language: z.strictObject({ code: z.string() }),
        components: z.array(z.strictObject({ type: z.literal('body'), parameters: z.array(parameter) })).optional(),
      })
      .optional(),
  })
  .refine((one) => one[one.type] !== undefined)
type Message = z.output<typeof message>

const readMark = z.object({ status: z.literal('read'), message_id: z.string() })

const day = 24 * 3_600_000

export function answerSend(room: Room, number: NumberState, body: unknown): Response {
  const { state, now } = room
  const mark = readMark.safeParse(body)
  if (mark.success) {
    const found = state.inbound.find(({ id }) => id === mark.data.message_id)
    if (!found) return graphError({ code: 100, details: 'No such message.' })
    for (const each of state.inbound) if (each.from === found.from && each.at <= found.at) each.read = true
    return HttpResponse.json({ success: true })
  }
  const injected = state.behaviour.next.shift()
  if (injected) return graphError(injected)
  const parsed = message.safeParse(body)
  if (!parsed.success) return graphError({ code: 100, details: parsed.error.issues[0]?.path.join('.') ?? 'Shape.' })
  const sent = parsed.data
  const to = digitsOf(sent.to, number)
  if (to === number.display.replace(/\D/g, '')) return graphError({ code: 131021 })
  const magic = Object.hasOwn(magicNumbers, to) ? magicNumbers[to] : undefined
  if (magic !== undefined) return graphError({ code: magic })
  if (isTooOften(room, number.id, to)) return graphError({ code: 131056, details: 'Too many messages to this user.' })

  const shown = sent.template ? fromTemplate(room, number, sent.template) : { text: wordsOf(sent) }
  if ('failure' in shown) return graphError(shown.failure)
  const open = state.inbound.some((each) => each.number === number.id && each.from === to && now() - each.at < day)
  const late = sent.type !== 'template' && !open
  if (late && state.behaviour.windowFailure === 'at-once') return graphError({ code: 131047 })
  const stored: MessageState = {
    id: `wamid.${btoa(`${to}:${room.nextId()}`)}`,
    number: number.id,
    to,
    key: sent.biz_opaque_callback_data ?? '',
    shown: shown.text,
    kind: sent.type,
    quotes: sent.context?.message_id ?? '',
    at: now(),
    statuses: [],
  }
  stored.statuses = statusesAhead(room, stored, late ? 131047 : to === unreachableNumber ? 131026 : undefined)
  state.messages.push(stored)
  return HttpResponse.json({
    messaging_product: 'whatsapp',
    contacts: [{ input: sent.to, wa_id: waIdOf(room, to), user_id: userIdOf(to) }],
    messages: [{ id: stored.id, ...(sent.template ? { message_status: 'accepted' } : {}) }],
  })
}

/** Without `+` a number is taken for one of the business's own country. */
function digitsOf(to: string, { display }: NumberState): string {
  const digits = to.replace(/\D/g, '')
  return to.trim().startsWith('+') ? digits : `${display.replace(/\D/g, '').slice(0, 2)}${digits}`
}

/** Bursts of 45 messages to one person in six seconds are let through. */
function isTooOften({ state, now }: Room, number: string, to: string): boolean {
  const recent = state.messages.filter((each) => each.number === number && each.to === to && now() - each.at < 6_000)
  return recent.length >= 45
}

function wordsOf({ text, interactive }: Message): string {
  return text?.body ?? interactive?.body.text ?? ''
}

type Shown = { readonly text: string } | { readonly failure: { readonly code: number; readonly details: string } }

function fromTemplate({ state }: Room, { account }: NumberState, sent: NonNullable<Message['template']>): Shown {
  const templates = state.accounts.find(({ id }) => id === account)?.templates ?? []
  const template = templates.find(({ name, language }) => name === sent.name && language === sent.language.code)
  if (!template || template.status === 'PENDING' || template.status === 'REJECTED')
    return { failure: { code: 132001, details: 'Template name does not exist in the translation.' } }
  if (template.status === 'PAUSED') return { failure: { code: 132015, details: 'Template is paused.' } }
  if (template.status !== 'APPROVED') return { failure: { code: 132016, details: 'Template is disabled.' } }
  const given = sent.components?.flatMap(({ parameters }) => parameters) ?? []
  const wanted = [...new Set(Array.from(template.body.matchAll(/\{\{(\w+)\}\}/g), ([, name = '']) => name))]
  if (given.length !== wanted.length)
    return { failure: { code: 132000, details: 'Number of parameters does not match.' } }
  let text = template.body
  for (const [index, name] of wanted.entries()) {
    const value =
      template.format === 'NAMED'
        ? given.find(({ parameter_name }) => parameter_name === name)?.text
        : given[index]?.text
    if (value === undefined) return { failure: { code: 132012, details: 'Parameter name does not match.' } }
    if (value === '' || /[\n\r\t]| {5}/.test(value))
      return { failure: { code: 132018, details: 'Parameters hold no new lines, tabs or runs of spaces.' } }
    text = text.replace(`{{${name}}}`, () => value)
  }
  return text.length > 1024 ? { failure: { code: 132005, details: 'Translated text too long.' } } : { text }
}

function statusesAhead({ state, statusDelay }: Room, { at }: MessageState, code?: number): StatusState[] {
  if (state.behaviour.silent) return []
  const first = { status: 'sent' as const, at: at + statusDelay, told: false }
  const then = at + 2 * statusDelay
  if (code !== undefined) return [{ status: 'failed', at: then, code, told: false }]
  if (state.behaviour.skipsDelivered) return [first, { status: 'read', at: then, told: false }]
  return [first, { status: 'delivered', at: then, told: false }]
}
