'use strict';

const { resolve } = require('node:path');
const { createBotManager } = require('botsession');
const repository = require('../repositories/botSessionsRepository.cjs');

const { startBot } = require(resolve(process.env.BOT_MODULE ?? 'bot.cjs'));
module.exports = createBotManager({ repository, startBot });
