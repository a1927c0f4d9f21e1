'use strict';

const { createBotManager } = require('botsession');
const repository = require('../repositories/botSessionsRepository.cjs');
const { startBot } = require('../../bot.cjs');

module.exports = createBotManager({ repository, startBot });
