s.session_id, s.created_at, s.last_message, s.status, s.qr_data, s.updated_at,
