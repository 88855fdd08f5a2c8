/** Style sheets, seen from a unit test. */
module.exports = {};
