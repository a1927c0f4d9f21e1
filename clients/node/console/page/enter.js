// The address with the token does not stay in the browser's history.
location.replace('/');
