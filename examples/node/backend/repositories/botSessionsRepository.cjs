'use strict';

const { createRepository } = require('botsession');

const { SUPABASE_URL, SUPABASE_SERVICE_ROLE_KEY } = process.env;
module.exports = createRepository({ url: SUPABASE_URL, key: SUPABASE_SERVICE_ROLE_KEY });
