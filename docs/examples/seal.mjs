import assert from 'node:assert/strict'

process.env.QR_KEY ??= Buffer.alloc(32, 'a key').toString('base64')

import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'

const key = Buffer.from(process.env.QR_KEY, 'base64') // openssl rand -base64 32

function seal(session_id, qr) {
  const iv = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(Buffer.from(session_id))
  return Buffer.concat([iv, cipher.update(qr, 'utf8'), cipher.final(), cipher.getAuthTag()]).toString('base64')
}

function open(session_id, qr_data) {
  const data = Buffer.from(qr_data, 'base64')
  const decipher = createDecipheriv('aes-256-gcm', key, data.subarray(0, 12))
  decipher.setAAD(Buffer.from(session_id)).setAuthTag(data.subarray(-16))
  return decipher.update(data.subarray(12, -16), undefined, 'utf8') + decipher.final('utf8')
}

const qr_data = seal('bot1', '2@kR7vXw...') // what bot_session_touch gets
console.log(open('bot1', qr_data))

assert.throws(() => open('bot2', qr_data), 'a code copied to another session')
assert.ok(!qr_data.includes('kR7vXw'))
