"""The publish queue, its journal, and finding out what became of unanswered requests (DESIGN.md 3.1, 5).

`queue.enqueue` checks listings and puts them into the journal · `run.publish` sends what is queued of a store, looks up
what is unknown and follows the reviews · `reviewing.poll_reviews` asks once how reviews stand · `report.batch_report`
and `report.send_again` show and repeat what did not go through · `batches` lists and cancels what is left · `settling`
lets a person decide where several products could be the answer · `gate.stop_and_keep` stops a run for the next start ·
`doubles.take_off` takes what the network made twice off sale.

What must hold, and where: an intent is on disk before its request leaves (`sending`, `journal`, `group_commit`);
a run that was killed is told from one that lives by a file lock (`owner`, `recovery`); two listings that could be
taken for each other are never under way together (`journal.write_intent`); an unanswered request is looked up twice,
not before it can be known, and only then sent again (`reconcile`, `lookup`). Many new listings go as feeds where that
gains: each has a name of its own in the feed, written with its intent (`feeds`); by these names a feed is followed
(`feed_following`) and, where its number is not known, found again (`feed_jobs`). What the platform made twice of one
request is searched for at the end of a run and in every sync, and told (`double_search`, `doubles`).
"""
