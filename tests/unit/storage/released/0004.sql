BEGIN TRANSACTION;
CREATE TABLE account (
	slack_id VARCHAR NOT NULL, 
	person_id INTEGER NOT NULL, 
	team_id VARCHAR NOT NULL, 
	name VARCHAR NOT NULL, 
	email VARCHAR, 
	timezone VARCHAR NOT NULL, 
	kind VARCHAR(32) NOT NULL, 
	active BOOLEAN NOT NULL, 
	refreshed_at DATETIME NOT NULL, 
	PRIMARY KEY (slack_id), 
	FOREIGN KEY(person_id) REFERENCES person (id)
);
INSERT INTO "account" VALUES('account.slack_id 1: "Größe", it''s',1,'account.team_id 1: "Größe", it''s','account.name 1: "Größe", it''s','account.email 1: "Größe", it''s','account.timezone 1: "Größe", it''s','guest',1,'2026-03-01 13:00:00.000001');
INSERT INTO "account" VALUES('account.slack_id 2: "Größe", it''s',2,'account.team_id 2: "Größe", it''s','account.name 2: "Größe", it''s',NULL,'account.timezone 2: "Größe", it''s','bot',0,'2026-03-01 14:00:00.000002');
INSERT INTO "account" VALUES('account.slack_id 3: "Größe", it''s',3,'account.team_id 3: "Größe", it''s','account.name 3: "Größe", it''s','account.email 3: "Größe", it''s','account.timezone 3: "Größe", it''s','external',1,'2026-03-01 15:00:00.000003');
INSERT INTO "account" VALUES('account.slack_id 4: "Größe", it''s',4,'account.team_id 4: "Größe", it''s','account.name 4: "Größe", it''s',NULL,'account.timezone 4: "Größe", it''s','member',0,'2026-03-01 16:00:00.000004');
CREATE TABLE acknowledgement (
	id INTEGER NOT NULL, 
	rollback_id INTEGER NOT NULL, 
	principal VARCHAR NOT NULL, 
	acknowledged_by VARCHAR, 
	acknowledged_at DATETIME, 
	PRIMARY KEY (id), 
	FOREIGN KEY(rollback_id) REFERENCES "rollback" (id), 
	UNIQUE (rollback_id, principal)
);
INSERT INTO "acknowledgement" VALUES(1,1,'acknowledgement.principal 1: "Größe", it''s','acknowledgement.acknowledged_by 1: "Größe", it''s','2026-03-01 13:00:00.000001');
INSERT INTO "acknowledgement" VALUES(2,2,'acknowledgement.principal 2: "Größe", it''s',NULL,NULL);
INSERT INTO "acknowledgement" VALUES(3,3,'acknowledgement.principal 3: "Größe", it''s','acknowledgement.acknowledged_by 3: "Größe", it''s','2026-03-01 15:00:00.000003');
INSERT INTO "acknowledgement" VALUES(4,4,'acknowledgement.principal 4: "Größe", it''s',NULL,NULL);
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0004');
CREATE TABLE ask (
	change_id INTEGER NOT NULL, 
	slack_id VARCHAR NOT NULL, 
	PRIMARY KEY (change_id, slack_id), 
	FOREIGN KEY(change_id) REFERENCES change (id), 
	FOREIGN KEY(slack_id) REFERENCES account (slack_id)
);
INSERT INTO "ask" VALUES(1,'account.slack_id 1: "Größe", it''s');
INSERT INTO "ask" VALUES(2,'account.slack_id 2: "Größe", it''s');
INSERT INTO "ask" VALUES(3,'account.slack_id 3: "Größe", it''s');
INSERT INTO "ask" VALUES(4,'account.slack_id 4: "Größe", it''s');
CREATE TABLE auditrow (
	id INTEGER NOT NULL, 
	at DATETIME NOT NULL, 
	actor VARCHAR NOT NULL, 
	verb VARCHAR NOT NULL, 
	subject VARCHAR NOT NULL, 
	data JSON NOT NULL, 
	previous VARCHAR NOT NULL, 
	digest VARCHAR NOT NULL, 
	PRIMARY KEY (id), 
	UNIQUE (digest), 
	UNIQUE (previous)
);
INSERT INTO "auditrow" VALUES(1,'2026-03-01 13:00:00.000001','U1','vote:approve','PC-1','{"statement": "Gepr\u00fcft 1"}','audit-v1:beginning','audit-v1:b58fed3ab782e840fa54654b543d4f7ddef28c84391bf73db9be686dddb39ba2');
INSERT INTO "auditrow" VALUES(2,'2026-03-01 14:00:00.000002','U1','vote:approve','PC-2','{"statement": "Gepr\u00fcft 2"}','audit-v1:b58fed3ab782e840fa54654b543d4f7ddef28c84391bf73db9be686dddb39ba2','audit-v1:f5231977f1df55856311c4ad12ce755387bdcc1cd3ca8c122ee4479a71c65dea');
INSERT INTO "auditrow" VALUES(3,'2026-03-01 15:00:00.000003','U1','vote:approve','PC-3','{"statement": "Gepr\u00fcft 3"}','audit-v1:f5231977f1df55856311c4ad12ce755387bdcc1cd3ca8c122ee4479a71c65dea','audit-v1:a4c213f2c106db7dcfef57347044f3a83e2ef3930ee0dcfaccc66673bd4061f9');
INSERT INTO "auditrow" VALUES(4,'2026-03-01 16:00:00.000004','U1','vote:approve','PC-4','{"statement": "Gepr\u00fcft 4"}','audit-v1:a4c213f2c106db7dcfef57347044f3a83e2ef3930ee0dcfaccc66673bd4061f9','audit-v1:8657638b5ddedb032e11132cb8f739dc354b9a36cb7d6ba9209d8f4798bbe88a');
CREATE TABLE change (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	workflow VARCHAR NOT NULL, 
	state VARCHAR(32) NOT NULL, 
	state_since DATETIME NOT NULL, 
	version INTEGER NOT NULL, 
	submitter VARCHAR NOT NULL, 
	kinds JSON NOT NULL, 
	impacts JSON NOT NULL, 
	not_customer_visible_because VARCHAR NOT NULL, 
	lane VARCHAR(32), 
	lane_raised_to VARCHAR(32), 
	lane_raised_by VARCHAR, 
	lane_lowered_to VARCHAR(32), 
	lane_reason VARCHAR NOT NULL, 
	quorum INTEGER NOT NULL, 
	gate_required BOOLEAN NOT NULL, 
	classification JSON NOT NULL, 
	policy_version INTEGER, 
	revision INTEGER NOT NULL, 
	form JSON NOT NULL, 
	moved_to VARCHAR, 
	needs_new_before BOOLEAN NOT NULL, 
	created_at DATETIME NOT NULL, adopts INTEGER, 
	FOREIGN KEY(policy_version) REFERENCES policyversion (id), 
	FOREIGN KEY(submitter) REFERENCES account (slack_id)
);
INSERT INTO "change" VALUES(1,'change.workflow 1: "Größe", it''s','in_review','2026-03-01 13:00:00.000001',1,'account.slack_id 1: "Größe", it''s','["\u00fc 1"]','["\u00fc 1"]','change.not_customer_visible_because 1: "Größe", it''s','medium','medium','change.lane_raised_by 1: "Größe", it''s','medium','change.lane_reason 1: "Größe", it''s',1,1,'["\u00fc 1"]',1,1,'["\u00fc 1"]','change.moved_to 1: "Größe", it''s',1,'2026-03-01 13:00:00.000001',1);
INSERT INTO "change" VALUES(2,'change.workflow 2: "Größe", it''s','changes_requested','2026-03-01 14:00:00.000002',2,'account.slack_id 2: "Größe", it''s','{"name": "change 2", "none": null}','{"name": "change 2", "none": null}','change.not_customer_visible_because 2: "Größe", it''s',NULL,NULL,NULL,NULL,'change.lane_reason 2: "Größe", it''s',2,0,'{"name": "change 2", "none": null}',NULL,2,'{"name": "change 2", "none": null}',NULL,0,'2026-03-01 14:00:00.000002',NULL);
INSERT INTO "change" VALUES(3,'change.workflow 3: "Größe", it''s','stale','2026-03-01 15:00:00.000003',3,'account.slack_id 3: "Größe", it''s','["\u00fc 3"]','["\u00fc 3"]','change.not_customer_visible_because 3: "Größe", it''s','low','low','change.lane_raised_by 3: "Größe", it''s','low','change.lane_reason 3: "Größe", it''s',3,1,'["\u00fc 3"]',3,3,'["\u00fc 3"]','change.moved_to 3: "Größe", it''s',1,'2026-03-01 15:00:00.000003',3);
INSERT INTO "change" VALUES(4,'change.workflow 4: "Größe", it''s','approved','2026-03-01 16:00:00.000004',4,'account.slack_id 4: "Größe", it''s','{"name": "change 4", "none": null}','{"name": "change 4", "none": null}','change.not_customer_visible_because 4: "Größe", it''s',NULL,NULL,NULL,NULL,'change.lane_reason 4: "Größe", it''s',4,0,'{"name": "change 4", "none": null}',NULL,4,'{"name": "change 4", "none": null}',NULL,0,'2026-03-01 16:00:00.000004',NULL);
INSERT INTO "change" VALUES(5,'change.workflow 5: "Größe", it''s','scheduled','2026-03-01 17:00:00.000005',5,'account.slack_id 4: "Größe", it''s','["\u00fc 5"]','["\u00fc 5"]','change.not_customer_visible_because 5: "Größe", it''s','high','high','change.lane_raised_by 5: "Größe", it''s','high','change.lane_reason 5: "Größe", it''s',5,1,'["\u00fc 5"]',4,5,'["\u00fc 5"]','change.moved_to 5: "Größe", it''s',1,'2026-03-01 17:00:00.000005',5);
INSERT INTO "change" VALUES(6,'change.workflow 6: "Größe", it''s','releasing','2026-03-01 18:00:00.000006',6,'account.slack_id 4: "Größe", it''s','{"name": "change 6", "none": null}','{"name": "change 6", "none": null}','change.not_customer_visible_because 6: "Größe", it''s',NULL,NULL,NULL,NULL,'change.lane_reason 6: "Größe", it''s',6,0,'{"name": "change 6", "none": null}',NULL,6,'{"name": "change 6", "none": null}',NULL,0,'2026-03-01 18:00:00.000006',NULL);
INSERT INTO "change" VALUES(7,'change.workflow 7: "Größe", it''s','live','2026-03-01 19:00:00.000007',7,'account.slack_id 4: "Größe", it''s','["\u00fc 7"]','["\u00fc 7"]','change.not_customer_visible_because 7: "Größe", it''s','medium','medium','change.lane_raised_by 7: "Größe", it''s','medium','change.lane_reason 7: "Größe", it''s',7,1,'["\u00fc 7"]',4,7,'["\u00fc 7"]','change.moved_to 7: "Größe", it''s',1,'2026-03-01 19:00:00.000007',7);
INSERT INTO "change" VALUES(8,'change.workflow 8: "Größe", it''s','superseded','2026-03-01 20:00:00.000008',8,'account.slack_id 4: "Größe", it''s','{"name": "change 8", "none": null}','{"name": "change 8", "none": null}','change.not_customer_visible_because 8: "Größe", it''s',NULL,NULL,NULL,NULL,'change.lane_reason 8: "Größe", it''s',8,0,'{"name": "change 8", "none": null}',NULL,8,'{"name": "change 8", "none": null}',NULL,0,'2026-03-01 20:00:00.000008',NULL);
INSERT INTO "change" VALUES(9,'change.workflow 9: "Größe", it''s','rolled_back','2026-03-01 21:00:00.000009',9,'account.slack_id 4: "Größe", it''s','["\u00fc 9"]','["\u00fc 9"]','change.not_customer_visible_because 9: "Größe", it''s','low','low','change.lane_raised_by 9: "Größe", it''s','low','change.lane_reason 9: "Größe", it''s',9,1,'["\u00fc 9"]',4,9,'["\u00fc 9"]','change.moved_to 9: "Größe", it''s',1,'2026-03-01 21:00:00.000009',9);
INSERT INTO "change" VALUES(10,'change.workflow 10: "Größe", it''s','failed','2026-03-01 22:00:00.000010',10,'account.slack_id 4: "Größe", it''s','{"name": "change 10", "none": null}','{"name": "change 10", "none": null}','change.not_customer_visible_because 10: "Größe", it''s',NULL,NULL,NULL,NULL,'change.lane_reason 10: "Größe", it''s',10,0,'{"name": "change 10", "none": null}',NULL,10,'{"name": "change 10", "none": null}',NULL,0,'2026-03-01 22:00:00.000010',NULL);
INSERT INTO "change" VALUES(11,'change.workflow 11: "Größe", it''s','rejected','2026-03-01 23:00:00.000011',11,'account.slack_id 4: "Größe", it''s','["\u00fc 11"]','["\u00fc 11"]','change.not_customer_visible_because 11: "Größe", it''s','high','high','change.lane_raised_by 11: "Größe", it''s','high','change.lane_reason 11: "Größe", it''s',11,1,'["\u00fc 11"]',4,11,'["\u00fc 11"]','change.moved_to 11: "Größe", it''s',1,'2026-03-01 23:00:00.000011',11);
INSERT INTO "change" VALUES(12,'change.workflow 12: "Größe", it''s','withdrawn','2026-03-02 00:00:00.000012',12,'account.slack_id 4: "Größe", it''s','{"name": "change 12", "none": null}','{"name": "change 12", "none": null}','change.not_customer_visible_because 12: "Größe", it''s',NULL,NULL,NULL,NULL,'change.lane_reason 12: "Größe", it''s',12,0,'{"name": "change 12", "none": null}',NULL,12,'{"name": "change 12", "none": null}',NULL,0,'2026-03-02 00:00:00.000012',NULL);
INSERT INTO "change" VALUES(13,'change.workflow 13: "Größe", it''s','expired','2026-03-02 01:00:00.000013',13,'account.slack_id 4: "Größe", it''s','["\u00fc 13"]','["\u00fc 13"]','change.not_customer_visible_because 13: "Größe", it''s','medium','medium','change.lane_raised_by 13: "Größe", it''s','medium','change.lane_reason 13: "Größe", it''s',13,1,'["\u00fc 13"]',4,13,'["\u00fc 13"]','change.moved_to 13: "Größe", it''s',1,'2026-03-02 01:00:00.000013',13);
INSERT INTO "change" VALUES(14,'change.workflow 14: "Größe", it''s','draft','2026-03-02 02:00:00.000014',14,'account.slack_id 4: "Größe", it''s','{"name": "change 14", "none": null}','{"name": "change 14", "none": null}','change.not_customer_visible_because 14: "Größe", it''s',NULL,NULL,NULL,NULL,'change.lane_reason 14: "Größe", it''s',14,0,'{"name": "change 14", "none": null}',NULL,14,'{"name": "change 14", "none": null}',NULL,0,'2026-03-02 02:00:00.000014',NULL);
CREATE TABLE drift (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	workflow VARCHAR NOT NULL, 
	release_id INTEGER NOT NULL, 
	pointer VARCHAR NOT NULL, 
	recorded VARCHAR, 
	found VARCHAR, 
	state VARCHAR(32) NOT NULL, 
	seen_at DATETIME NOT NULL, 
	change_id INTEGER, 
	due_at DATETIME, 
	ended_at DATETIME, 
	"by" VARCHAR, 
	FOREIGN KEY(release_id) REFERENCES release (id), 
	FOREIGN KEY(change_id) REFERENCES change (id)
);
INSERT INTO "drift" VALUES(1,'drift.workflow 1: "Größe", it''s',1,'drift.pointer 1: "Größe", it''s','drift.recorded 1: "Größe", it''s','drift.found 1: "Größe", it''s','adopted','2026-03-01 13:00:00.000001',1,'2026-03-01 13:00:00.000001','2026-03-01 13:00:00.000001','drift.by 1: "Größe", it''s');
INSERT INTO "drift" VALUES(2,'drift.workflow 2: "Größe", it''s',2,'drift.pointer 2: "Größe", it''s',NULL,NULL,'restored','2026-03-01 14:00:00.000002',NULL,NULL,NULL,NULL);
INSERT INTO "drift" VALUES(3,'drift.workflow 3: "Größe", it''s',3,'drift.pointer 3: "Größe", it''s','drift.recorded 3: "Größe", it''s','drift.found 3: "Größe", it''s','returned','2026-03-01 15:00:00.000003',3,'2026-03-01 15:00:00.000003','2026-03-01 15:00:00.000003','drift.by 3: "Größe", it''s');
INSERT INTO "drift" VALUES(4,'drift.workflow 4: "Größe", it''s',4,'drift.pointer 4: "Größe", it''s',NULL,NULL,'overtaken','2026-03-01 16:00:00.000004',NULL,NULL,NULL,NULL);
INSERT INTO "drift" VALUES(5,'drift.workflow 5: "Größe", it''s',4,'drift.pointer 5: "Größe", it''s','drift.recorded 5: "Größe", it''s','drift.found 5: "Größe", it''s','open','2026-03-01 17:00:00.000005',4,'2026-03-01 17:00:00.000005','2026-03-01 17:00:00.000005','drift.by 5: "Größe", it''s');
CREATE TABLE emailpin (
	email VARCHAR NOT NULL, 
	slack_id VARCHAR NOT NULL, 
	PRIMARY KEY (email)
);
INSERT INTO "emailpin" VALUES('emailpin.email 1: "Größe", it''s','emailpin.slack_id 1: "Größe", it''s');
INSERT INTO "emailpin" VALUES('emailpin.email 2: "Größe", it''s','emailpin.slack_id 2: "Größe", it''s');
INSERT INTO "emailpin" VALUES('emailpin.email 3: "Größe", it''s','emailpin.slack_id 3: "Größe", it''s');
INSERT INTO "emailpin" VALUES('emailpin.email 4: "Größe", it''s','emailpin.slack_id 4: "Größe", it''s');
CREATE TABLE evidence (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	change_id INTEGER NOT NULL, 
	content_digest VARCHAR NOT NULL, 
	suite VARCHAR NOT NULL, 
	total INTEGER NOT NULL, 
	passed INTEGER NOT NULL, 
	newly_failing INTEGER NOT NULL, 
	scored_by_people BOOLEAN NOT NULL, 
	link VARCHAR NOT NULL, 
	attested_by VARCHAR NOT NULL, 
	at DATETIME NOT NULL, 
	FOREIGN KEY(attested_by) REFERENCES account (slack_id), 
	FOREIGN KEY(change_id) REFERENCES change (id)
);
INSERT INTO "evidence" VALUES(1,1,'evidence.content_digest 1: "Größe", it''s','evidence.suite 1: "Größe", it''s',1,1,1,1,'evidence.link 1: "Größe", it''s','account.slack_id 1: "Größe", it''s','2026-03-01 13:00:00.000001');
INSERT INTO "evidence" VALUES(2,2,'evidence.content_digest 2: "Größe", it''s','evidence.suite 2: "Größe", it''s',2,2,2,0,'evidence.link 2: "Größe", it''s','account.slack_id 2: "Größe", it''s','2026-03-01 14:00:00.000002');
INSERT INTO "evidence" VALUES(3,3,'evidence.content_digest 3: "Größe", it''s','evidence.suite 3: "Größe", it''s',3,3,3,1,'evidence.link 3: "Größe", it''s','account.slack_id 3: "Größe", it''s','2026-03-01 15:00:00.000003');
INSERT INTO "evidence" VALUES(4,4,'evidence.content_digest 4: "Größe", it''s','evidence.suite 4: "Größe", it''s',4,4,4,0,'evidence.link 4: "Größe", it''s','account.slack_id 4: "Größe", it''s','2026-03-01 16:00:00.000004');
CREATE TABLE grant (
	workflow VARCHAR NOT NULL, 
	role VARCHAR(32) NOT NULL, 
	lane VARCHAR(32) NOT NULL, 
	principal VARCHAR NOT NULL, 
	PRIMARY KEY (workflow, role, lane, principal)
);
INSERT INTO "grant" VALUES('grant.workflow 1: "Größe", it''s','deploy','medium','grant.principal 1: "Größe", it''s');
INSERT INTO "grant" VALUES('grant.workflow 2: "Größe", it''s','roll_back','high','grant.principal 2: "Größe", it''s');
INSERT INTO "grant" VALUES('grant.workflow 3: "Größe", it''s','inform','low','grant.principal 3: "Größe", it''s');
INSERT INTO "grant" VALUES('grant.workflow 4: "Größe", it''s','emergency','medium','grant.principal 4: "Größe", it''s');
INSERT INTO "grant" VALUES('grant.workflow 5: "Größe", it''s','approve','high','grant.principal 5: "Größe", it''s');
CREATE TABLE groupmember (
	group_id VARCHAR NOT NULL, 
	slack_id VARCHAR NOT NULL, 
	PRIMARY KEY (group_id, slack_id)
);
INSERT INTO "groupmember" VALUES('groupmember.group_id 1: "Größe", it''s','groupmember.slack_id 1: "Größe", it''s');
INSERT INTO "groupmember" VALUES('groupmember.group_id 2: "Größe", it''s','groupmember.slack_id 2: "Größe", it''s');
INSERT INTO "groupmember" VALUES('groupmember.group_id 3: "Größe", it''s','groupmember.slack_id 3: "Größe", it''s');
INSERT INTO "groupmember" VALUES('groupmember.group_id 4: "Größe", it''s','groupmember.slack_id 4: "Größe", it''s');
CREATE TABLE kepttext (
	version VARCHAR NOT NULL, 
	workflow VARCHAR NOT NULL, 
	text VARCHAR NOT NULL, 
	author VARCHAR NOT NULL, 
	at DATETIME NOT NULL, 
	PRIMARY KEY (version, workflow)
);
INSERT INTO "kepttext" VALUES('kepttext.version 1: "Größe", it''s','kepttext.workflow 1: "Größe", it''s','kepttext.text 1: "Größe", it''s','kepttext.author 1: "Größe", it''s','2026-03-01 13:00:00.000001');
INSERT INTO "kepttext" VALUES('kepttext.version 2: "Größe", it''s','kepttext.workflow 2: "Größe", it''s','kepttext.text 2: "Größe", it''s','kepttext.author 2: "Größe", it''s','2026-03-01 14:00:00.000002');
INSERT INTO "kepttext" VALUES('kepttext.version 3: "Größe", it''s','kepttext.workflow 3: "Größe", it''s','kepttext.text 3: "Größe", it''s','kepttext.author 3: "Größe", it''s','2026-03-01 15:00:00.000003');
INSERT INTO "kepttext" VALUES('kepttext.version 4: "Größe", it''s','kepttext.workflow 4: "Größe", it''s','kepttext.text 4: "Größe", it''s','kepttext.author 4: "Größe", it''s','2026-03-01 16:00:00.000004');
CREATE TABLE manualpointer (
	workflow VARCHAR NOT NULL, 
	pointer VARCHAR NOT NULL, 
	version VARCHAR, 
	PRIMARY KEY (workflow, pointer)
);
INSERT INTO "manualpointer" VALUES('manualpointer.workflow 1: "Größe", it''s','manualpointer.pointer 1: "Größe", it''s','manualpointer.version 1: "Größe", it''s');
INSERT INTO "manualpointer" VALUES('manualpointer.workflow 2: "Größe", it''s','manualpointer.pointer 2: "Größe", it''s',NULL);
INSERT INTO "manualpointer" VALUES('manualpointer.workflow 3: "Größe", it''s','manualpointer.pointer 3: "Größe", it''s','manualpointer.version 3: "Größe", it''s');
INSERT INTO "manualpointer" VALUES('manualpointer.workflow 4: "Größe", it''s','manualpointer.pointer 4: "Größe", it''s',NULL);
CREATE TABLE message (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	"key" VARCHAR NOT NULL, 
	kind VARCHAR NOT NULL, 
	recipient VARCHAR NOT NULL, 
	only_for VARCHAR, 
	change_id INTEGER, 
	release_id INTEGER, 
	rollback_id INTEGER, 
	thread_of INTEGER, 
	details JSON NOT NULL, 
	redrawn BOOLEAN NOT NULL, 
	priority INTEGER NOT NULL, 
	state VARCHAR(32) NOT NULL, 
	channel VARCHAR, 
	ts VARCHAR, 
	drawn_version INTEGER, 
	drawn_hash VARCHAR NOT NULL, 
	attempts INTEGER NOT NULL, 
	ambiguous BOOLEAN NOT NULL, 
	due_at DATETIME NOT NULL, 
	lease_until DATETIME, 
	last_error VARCHAR NOT NULL, 
	created_at DATETIME NOT NULL, blind_sends INTEGER DEFAULT '0' NOT NULL, 
	FOREIGN KEY(change_id) REFERENCES change (id), 
	FOREIGN KEY(release_id) REFERENCES release (id), 
	FOREIGN KEY(rollback_id) REFERENCES "rollback" (id), 
	FOREIGN KEY(thread_of) REFERENCES message (id), 
	UNIQUE ("key")
);
INSERT INTO "message" VALUES(1,'message.key 1: "Größe", it''s','message.kind 1: "Größe", it''s','message.recipient 1: "Größe", it''s','message.only_for 1: "Größe", it''s',1,1,1,1,'["\u00fc 1"]',1,1,'sent','message.channel 1: "Größe", it''s','message.ts 1: "Größe", it''s',1,'message.drawn_hash 1: "Größe", it''s',1,1,'2026-03-01 13:00:00.000001','2026-03-01 13:00:00.000001','message.last_error 1: "Größe", it''s','2026-03-01 13:00:00.000001',1);
INSERT INTO "message" VALUES(2,'message.key 2: "Größe", it''s','message.kind 2: "Größe", it''s','message.recipient 2: "Größe", it''s',NULL,NULL,NULL,NULL,NULL,'{"name": "message 2", "none": null}',0,2,'parked',NULL,NULL,NULL,'message.drawn_hash 2: "Größe", it''s',2,0,'2026-03-01 14:00:00.000002',NULL,'message.last_error 2: "Größe", it''s','2026-03-01 14:00:00.000002',2);
INSERT INTO "message" VALUES(3,'message.key 3: "Größe", it''s','message.kind 3: "Größe", it''s','message.recipient 3: "Größe", it''s','message.only_for 3: "Größe", it''s',3,3,3,3,'["\u00fc 3"]',1,3,'pending','message.channel 3: "Größe", it''s','message.ts 3: "Größe", it''s',3,'message.drawn_hash 3: "Größe", it''s',3,1,'2026-03-01 15:00:00.000003','2026-03-01 15:00:00.000003','message.last_error 3: "Größe", it''s','2026-03-01 15:00:00.000003',3);
INSERT INTO "message" VALUES(4,'message.key 4: "Größe", it''s','message.kind 4: "Größe", it''s','message.recipient 4: "Größe", it''s',NULL,NULL,NULL,NULL,NULL,'{"name": "message 4", "none": null}',0,4,'sent',NULL,NULL,NULL,'message.drawn_hash 4: "Größe", it''s',4,0,'2026-03-01 16:00:00.000004',NULL,'message.last_error 4: "Größe", it''s','2026-03-01 16:00:00.000004',4);
CREATE TABLE move (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	"key" VARCHAR NOT NULL, 
	workflow VARCHAR NOT NULL, 
	target JSON NOT NULL, 
	purpose VARCHAR(32) NOT NULL, 
	release_id INTEGER NOT NULL, 
	rollback_id INTEGER, 
	pointer VARCHAR NOT NULL, 
	expected VARCHAR, 
	expected_known BOOLEAN NOT NULL, 
	wanted VARCHAR, 
	content_digest VARCHAR NOT NULL, 
	why VARCHAR NOT NULL, 
	instructions VARCHAR NOT NULL, 
	state VARCHAR(32) NOT NULL, 
	attempts INTEGER NOT NULL, 
	due_at DATETIME NOT NULL, 
	lease_until DATETIME, 
	last_error VARCHAR NOT NULL, 
	found VARCHAR, 
	created_at DATETIME NOT NULL, 
	done_at DATETIME, 
	FOREIGN KEY(release_id) REFERENCES release (id), 
	FOREIGN KEY(rollback_id) REFERENCES "rollback" (id), 
	UNIQUE ("key")
);
INSERT INTO "move" VALUES(1,'move.key 1: "Größe", it''s','move.workflow 1: "Größe", it''s','["\u00fc 1"]','production',1,1,'move.pointer 1: "Größe", it''s','move.expected 1: "Größe", it''s',1,'move.wanted 1: "Größe", it''s','move.content_digest 1: "Größe", it''s','move.why 1: "Größe", it''s','move.instructions 1: "Größe", it''s','waiting',1,'2026-03-01 13:00:00.000001','2026-03-01 13:00:00.000001','move.last_error 1: "Größe", it''s','move.found 1: "Größe", it''s','2026-03-01 13:00:00.000001','2026-03-01 13:00:00.000001');
INSERT INTO "move" VALUES(2,'move.key 2: "Größe", it''s','move.workflow 2: "Größe", it''s','{"name": "move 2", "none": null}','roll_back',2,NULL,'move.pointer 2: "Größe", it''s',NULL,0,NULL,'move.content_digest 2: "Größe", it''s','move.why 2: "Größe", it''s','move.instructions 2: "Größe", it''s','done',2,'2026-03-01 14:00:00.000002',NULL,'move.last_error 2: "Größe", it''s',NULL,'2026-03-01 14:00:00.000002',NULL);
INSERT INTO "move" VALUES(3,'move.key 3: "Größe", it''s','move.workflow 3: "Größe", it''s','["\u00fc 3"]','roll_back_canary',3,3,'move.pointer 3: "Größe", it''s','move.expected 3: "Größe", it''s',1,'move.wanted 3: "Größe", it''s','move.content_digest 3: "Größe", it''s','move.why 3: "Größe", it''s','move.instructions 3: "Größe", it''s','refused',3,'2026-03-01 15:00:00.000003','2026-03-01 15:00:00.000003','move.last_error 3: "Größe", it''s','move.found 3: "Größe", it''s','2026-03-01 15:00:00.000003','2026-03-01 15:00:00.000003');
INSERT INTO "move" VALUES(4,'move.key 4: "Größe", it''s','move.workflow 4: "Größe", it''s','{"name": "move 4", "none": null}','restore',4,NULL,'move.pointer 4: "Größe", it''s',NULL,0,NULL,'move.content_digest 4: "Größe", it''s','move.why 4: "Größe", it''s','move.instructions 4: "Größe", it''s','elsewhere',4,'2026-03-01 16:00:00.000004',NULL,'move.last_error 4: "Größe", it''s',NULL,'2026-03-01 16:00:00.000004',NULL);
INSERT INTO "move" VALUES(5,'move.key 5: "Größe", it''s','move.workflow 5: "Größe", it''s','["\u00fc 5"]','put_back',4,4,'move.pointer 5: "Größe", it''s','move.expected 5: "Größe", it''s',1,'move.wanted 5: "Größe", it''s','move.content_digest 5: "Größe", it''s','move.why 5: "Größe", it''s','move.instructions 5: "Größe", it''s','cancelled',5,'2026-03-01 17:00:00.000005','2026-03-01 17:00:00.000005','move.last_error 5: "Größe", it''s','move.found 5: "Größe", it''s','2026-03-01 17:00:00.000005','2026-03-01 17:00:00.000005');
INSERT INTO "move" VALUES(6,'move.key 6: "Größe", it''s','move.workflow 6: "Größe", it''s','{"name": "move 6", "none": null}','canary',4,NULL,'move.pointer 6: "Größe", it''s',NULL,0,NULL,'move.content_digest 6: "Größe", it''s','move.why 6: "Größe", it''s','move.instructions 6: "Größe", it''s','pending',6,'2026-03-01 18:00:00.000006',NULL,'move.last_error 6: "Größe", it''s',NULL,'2026-03-01 18:00:00.000006',NULL);
CREATE TABLE person (
	id INTEGER NOT NULL, 
	email VARCHAR, 
	PRIMARY KEY (id), 
	UNIQUE (email)
);
INSERT INTO "person" VALUES(1,'person.email 1: "Größe", it''s');
INSERT INTO "person" VALUES(2,NULL);
INSERT INTO "person" VALUES(3,'person.email 3: "Größe", it''s');
INSERT INTO "person" VALUES(4,NULL);
CREATE TABLE policyinforce (
	id INTEGER NOT NULL, 
	version_id INTEGER NOT NULL, 
	since DATETIME NOT NULL, 
	PRIMARY KEY (id), 
	CONSTRAINT one_policy_in_force CHECK (id = 1), 
	FOREIGN KEY(version_id) REFERENCES policyversion (id)
);
INSERT INTO "policyinforce" VALUES(1,1,'2026-03-01 13:00:00.000001');
CREATE TABLE policyversion (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	text VARCHAR NOT NULL, 
	digest VARCHAR NOT NULL, 
	source VARCHAR NOT NULL, 
	created_at DATETIME NOT NULL, 
	UNIQUE (digest)
);
INSERT INTO "policyversion" VALUES(1,'policyversion.text 1: "Größe", it''s','policyversion.digest 1: "Größe", it''s','policyversion.source 1: "Größe", it''s','2026-03-01 13:00:00.000001');
INSERT INTO "policyversion" VALUES(2,'policyversion.text 2: "Größe", it''s','policyversion.digest 2: "Größe", it''s','policyversion.source 2: "Größe", it''s','2026-03-01 14:00:00.000002');
INSERT INTO "policyversion" VALUES(3,'policyversion.text 3: "Größe", it''s','policyversion.digest 3: "Größe", it''s','policyversion.source 3: "Größe", it''s','2026-03-01 15:00:00.000003');
INSERT INTO "policyversion" VALUES(4,'policyversion.text 4: "Größe", it''s','policyversion.digest 4: "Größe", it''s','policyversion.source 4: "Größe", it''s','2026-03-01 16:00:00.000004');
CREATE TABLE release (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	change_id INTEGER NOT NULL, 
	workflow VARCHAR NOT NULL, 
	lane VARCHAR(32) NOT NULL, 
	state VARCHAR(32) NOT NULL, 
	stage INTEGER NOT NULL, 
	stages INTEGER NOT NULL, 
	old_version VARCHAR, 
	old_canary VARCHAR, 
	new_version VARCHAR NOT NULL, 
	target JSON NOT NULL, 
	pointer VARCHAR NOT NULL, 
	canary_pointer VARCHAR, 
	deployer VARCHAR NOT NULL, 
	rollback_owner VARCHAR NOT NULL, 
	started_at DATETIME NOT NULL, 
	live_at DATETIME, 
	ended_at DATETIME, 
	FOREIGN KEY(change_id) REFERENCES change (id), 
	FOREIGN KEY(deployer) REFERENCES account (slack_id)
);
INSERT INTO "release" VALUES(1,1,'release.workflow 1: "Größe", it''s','medium','in_review',1,1,'release.old_version 1: "Größe", it''s','release.old_canary 1: "Größe", it''s','release.new_version 1: "Größe", it''s','["\u00fc 1"]','release.pointer 1: "Größe", it''s','release.canary_pointer 1: "Größe", it''s','account.slack_id 1: "Größe", it''s','release.rollback_owner 1: "Größe", it''s','2026-03-01 13:00:00.000001','2026-03-01 13:00:00.000001','2026-03-01 13:00:00.000001');
INSERT INTO "release" VALUES(2,2,'release.workflow 2: "Größe", it''s','high','changes_requested',2,2,NULL,NULL,'release.new_version 2: "Größe", it''s','{"name": "release 2", "none": null}','release.pointer 2: "Größe", it''s',NULL,'account.slack_id 2: "Größe", it''s','release.rollback_owner 2: "Größe", it''s','2026-03-01 14:00:00.000002',NULL,NULL);
INSERT INTO "release" VALUES(3,3,'release.workflow 3: "Größe", it''s','low','stale',3,3,'release.old_version 3: "Größe", it''s','release.old_canary 3: "Größe", it''s','release.new_version 3: "Größe", it''s','["\u00fc 3"]','release.pointer 3: "Größe", it''s','release.canary_pointer 3: "Größe", it''s','account.slack_id 3: "Größe", it''s','release.rollback_owner 3: "Größe", it''s','2026-03-01 15:00:00.000003','2026-03-01 15:00:00.000003','2026-03-01 15:00:00.000003');
INSERT INTO "release" VALUES(4,4,'release.workflow 4: "Größe", it''s','medium','approved',4,4,NULL,NULL,'release.new_version 4: "Größe", it''s','{"name": "release 4", "none": null}','release.pointer 4: "Größe", it''s',NULL,'account.slack_id 4: "Größe", it''s','release.rollback_owner 4: "Größe", it''s','2026-03-01 16:00:00.000004',NULL,NULL);
INSERT INTO "release" VALUES(5,4,'release.workflow 5: "Größe", it''s','high','scheduled',5,5,'release.old_version 5: "Größe", it''s','release.old_canary 5: "Größe", it''s','release.new_version 5: "Größe", it''s','["\u00fc 5"]','release.pointer 5: "Größe", it''s','release.canary_pointer 5: "Größe", it''s','account.slack_id 4: "Größe", it''s','release.rollback_owner 5: "Größe", it''s','2026-03-01 17:00:00.000005','2026-03-01 17:00:00.000005','2026-03-01 17:00:00.000005');
INSERT INTO "release" VALUES(6,4,'release.workflow 6: "Größe", it''s','low','releasing',6,6,NULL,NULL,'release.new_version 6: "Größe", it''s','{"name": "release 6", "none": null}','release.pointer 6: "Größe", it''s',NULL,'account.slack_id 4: "Größe", it''s','release.rollback_owner 6: "Größe", it''s','2026-03-01 18:00:00.000006',NULL,NULL);
INSERT INTO "release" VALUES(7,4,'release.workflow 7: "Größe", it''s','medium','live',7,7,'release.old_version 7: "Größe", it''s','release.old_canary 7: "Größe", it''s','release.new_version 7: "Größe", it''s','["\u00fc 7"]','release.pointer 7: "Größe", it''s','release.canary_pointer 7: "Größe", it''s','account.slack_id 4: "Größe", it''s','release.rollback_owner 7: "Größe", it''s','2026-03-01 19:00:00.000007','2026-03-01 19:00:00.000007','2026-03-01 19:00:00.000007');
INSERT INTO "release" VALUES(8,4,'release.workflow 8: "Größe", it''s','high','superseded',8,8,NULL,NULL,'release.new_version 8: "Größe", it''s','{"name": "release 8", "none": null}','release.pointer 8: "Größe", it''s',NULL,'account.slack_id 4: "Größe", it''s','release.rollback_owner 8: "Größe", it''s','2026-03-01 20:00:00.000008',NULL,NULL);
INSERT INTO "release" VALUES(9,4,'release.workflow 9: "Größe", it''s','low','rolled_back',9,9,'release.old_version 9: "Größe", it''s','release.old_canary 9: "Größe", it''s','release.new_version 9: "Größe", it''s','["\u00fc 9"]','release.pointer 9: "Größe", it''s','release.canary_pointer 9: "Größe", it''s','account.slack_id 4: "Größe", it''s','release.rollback_owner 9: "Größe", it''s','2026-03-01 21:00:00.000009','2026-03-01 21:00:00.000009','2026-03-01 21:00:00.000009');
INSERT INTO "release" VALUES(10,4,'release.workflow 10: "Größe", it''s','medium','failed',10,10,NULL,NULL,'release.new_version 10: "Größe", it''s','{"name": "release 10", "none": null}','release.pointer 10: "Größe", it''s',NULL,'account.slack_id 4: "Größe", it''s','release.rollback_owner 10: "Größe", it''s','2026-03-01 22:00:00.000010',NULL,NULL);
INSERT INTO "release" VALUES(11,4,'release.workflow 11: "Größe", it''s','high','rejected',11,11,'release.old_version 11: "Größe", it''s','release.old_canary 11: "Größe", it''s','release.new_version 11: "Größe", it''s','["\u00fc 11"]','release.pointer 11: "Größe", it''s','release.canary_pointer 11: "Größe", it''s','account.slack_id 4: "Größe", it''s','release.rollback_owner 11: "Größe", it''s','2026-03-01 23:00:00.000011','2026-03-01 23:00:00.000011','2026-03-01 23:00:00.000011');
INSERT INTO "release" VALUES(12,4,'release.workflow 12: "Größe", it''s','low','withdrawn',12,12,NULL,NULL,'release.new_version 12: "Größe", it''s','{"name": "release 12", "none": null}','release.pointer 12: "Größe", it''s',NULL,'account.slack_id 4: "Größe", it''s','release.rollback_owner 12: "Größe", it''s','2026-03-02 00:00:00.000012',NULL,NULL);
INSERT INTO "release" VALUES(13,4,'release.workflow 13: "Größe", it''s','medium','expired',13,13,'release.old_version 13: "Größe", it''s','release.old_canary 13: "Größe", it''s','release.new_version 13: "Größe", it''s','["\u00fc 13"]','release.pointer 13: "Größe", it''s','release.canary_pointer 13: "Größe", it''s','account.slack_id 4: "Größe", it''s','release.rollback_owner 13: "Größe", it''s','2026-03-02 01:00:00.000013','2026-03-02 01:00:00.000013','2026-03-02 01:00:00.000013');
INSERT INTO "release" VALUES(14,4,'release.workflow 14: "Größe", it''s','high','draft',14,14,NULL,NULL,'release.new_version 14: "Größe", it''s','{"name": "release 14", "none": null}','release.pointer 14: "Größe", it''s',NULL,'account.slack_id 4: "Größe", it''s','release.rollback_owner 14: "Größe", it''s','2026-03-02 02:00:00.000014',NULL,NULL);
CREATE TABLE revision (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	change_id INTEGER NOT NULL, 
	number INTEGER NOT NULL, 
	author VARCHAR NOT NULL, 
	created_at DATETIME NOT NULL, 
	before_version VARCHAR, 
	after_version VARCHAR NOT NULL, 
	before_text VARCHAR NOT NULL, 
	after_text VARCHAR NOT NULL, 
	boundary JSON NOT NULL, 
	what_changed VARCHAR NOT NULL, 
	why VARCHAR NOT NULL, 
	good VARCHAR NOT NULL, 
	rollback_trigger VARCHAR NOT NULL, 
	rollback_owner VARCHAR NOT NULL, 
	rollback_plan VARCHAR NOT NULL, 
	stop_conditions VARCHAR NOT NULL, 
	stages JSON NOT NULL, 
	fallback_version VARCHAR, 
	fallback_switch_off VARCHAR NOT NULL, 
	content_digest VARCHAR NOT NULL, 
	review_digest VARCHAR NOT NULL, before_boundary JSON, 
	FOREIGN KEY(author) REFERENCES account (slack_id), 
	FOREIGN KEY(change_id) REFERENCES change (id), 
	UNIQUE (change_id, number)
);
INSERT INTO "revision" VALUES(1,1,1,'account.slack_id 1: "Größe", it''s','2026-03-01 13:00:00.000001','revision.before_version 1: "Größe", it''s','revision.after_version 1: "Größe", it''s','revision.before_text 1: "Größe", it''s','revision.after_text 1: "Größe", it''s','["\u00fc 1"]','revision.what_changed 1: "Größe", it''s','revision.why 1: "Größe", it''s','revision.good 1: "Größe", it''s','revision.rollback_trigger 1: "Größe", it''s','revision.rollback_owner 1: "Größe", it''s','revision.rollback_plan 1: "Größe", it''s','revision.stop_conditions 1: "Größe", it''s','["\u00fc 1"]','revision.fallback_version 1: "Größe", it''s','revision.fallback_switch_off 1: "Größe", it''s','revision.content_digest 1: "Größe", it''s','revision.review_digest 1: "Größe", it''s','["\u00fc 1"]');
INSERT INTO "revision" VALUES(2,2,2,'account.slack_id 2: "Größe", it''s','2026-03-01 14:00:00.000002',NULL,'revision.after_version 2: "Größe", it''s','revision.before_text 2: "Größe", it''s','revision.after_text 2: "Größe", it''s','{"name": "revision 2", "none": null}','revision.what_changed 2: "Größe", it''s','revision.why 2: "Größe", it''s','revision.good 2: "Größe", it''s','revision.rollback_trigger 2: "Größe", it''s','revision.rollback_owner 2: "Größe", it''s','revision.rollback_plan 2: "Größe", it''s','revision.stop_conditions 2: "Größe", it''s','{"name": "revision 2", "none": null}',NULL,'revision.fallback_switch_off 2: "Größe", it''s','revision.content_digest 2: "Größe", it''s','revision.review_digest 2: "Größe", it''s',NULL);
INSERT INTO "revision" VALUES(3,3,3,'account.slack_id 3: "Größe", it''s','2026-03-01 15:00:00.000003','revision.before_version 3: "Größe", it''s','revision.after_version 3: "Größe", it''s','revision.before_text 3: "Größe", it''s','revision.after_text 3: "Größe", it''s','["\u00fc 3"]','revision.what_changed 3: "Größe", it''s','revision.why 3: "Größe", it''s','revision.good 3: "Größe", it''s','revision.rollback_trigger 3: "Größe", it''s','revision.rollback_owner 3: "Größe", it''s','revision.rollback_plan 3: "Größe", it''s','revision.stop_conditions 3: "Größe", it''s','["\u00fc 3"]','revision.fallback_version 3: "Größe", it''s','revision.fallback_switch_off 3: "Größe", it''s','revision.content_digest 3: "Größe", it''s','revision.review_digest 3: "Größe", it''s','["\u00fc 3"]');
INSERT INTO "revision" VALUES(4,4,4,'account.slack_id 4: "Größe", it''s','2026-03-01 16:00:00.000004',NULL,'revision.after_version 4: "Größe", it''s','revision.before_text 4: "Größe", it''s','revision.after_text 4: "Größe", it''s','{"name": "revision 4", "none": null}','revision.what_changed 4: "Größe", it''s','revision.why 4: "Größe", it''s','revision.good 4: "Größe", it''s','revision.rollback_trigger 4: "Größe", it''s','revision.rollback_owner 4: "Größe", it''s','revision.rollback_plan 4: "Größe", it''s','revision.stop_conditions 4: "Größe", it''s','{"name": "revision 4", "none": null}',NULL,'revision.fallback_switch_off 4: "Größe", it''s','revision.content_digest 4: "Größe", it''s','revision.review_digest 4: "Größe", it''s',NULL);
CREATE TABLE "rollback" (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	release_id INTEGER NOT NULL, 
	workflow VARCHAR NOT NULL, 
	from_version VARCHAR, 
	to_version VARCHAR, 
	to_release_id INTEGER, 
	state VARCHAR(32) NOT NULL, 
	"by" VARCHAR NOT NULL, 
	reason VARCHAR NOT NULL, 
	reason_by VARCHAR, 
	at DATETIME NOT NULL, 
	done_at DATETIME, 
	restore_by VARCHAR, 
	restore_reason VARCHAR NOT NULL, 
	restore_asked_at DATETIME, 
	restore_confirmed_by VARCHAR, 
	restored_at DATETIME, left_by VARCHAR, 
	FOREIGN KEY(release_id) REFERENCES release (id), 
	FOREIGN KEY(to_release_id) REFERENCES release (id)
);
INSERT INTO "rollback" VALUES(1,1,'rollback.workflow 1: "Größe", it''s','rollback.from_version 1: "Größe", it''s','rollback.to_version 1: "Größe", it''s',1,'done','rollback.by 1: "Größe", it''s','rollback.reason 1: "Größe", it''s','rollback.reason_by 1: "Größe", it''s','2026-03-01 13:00:00.000001','2026-03-01 13:00:00.000001','rollback.restore_by 1: "Größe", it''s','rollback.restore_reason 1: "Größe", it''s','2026-03-01 13:00:00.000001','rollback.restore_confirmed_by 1: "Größe", it''s','2026-03-01 13:00:00.000001','rollback.left_by 1: "Größe", it''s');
INSERT INTO "rollback" VALUES(2,2,'rollback.workflow 2: "Größe", it''s',NULL,NULL,NULL,'asking','rollback.by 2: "Größe", it''s','rollback.reason 2: "Größe", it''s',NULL,'2026-03-01 14:00:00.000002',NULL,NULL,'rollback.restore_reason 2: "Größe", it''s',NULL,NULL,NULL,NULL);
INSERT INTO "rollback" VALUES(3,3,'rollback.workflow 3: "Größe", it''s','rollback.from_version 3: "Größe", it''s','rollback.to_version 3: "Größe", it''s',3,'moving','rollback.by 3: "Größe", it''s','rollback.reason 3: "Größe", it''s','rollback.reason_by 3: "Größe", it''s','2026-03-01 15:00:00.000003','2026-03-01 15:00:00.000003','rollback.restore_by 3: "Größe", it''s','rollback.restore_reason 3: "Größe", it''s','2026-03-01 15:00:00.000003','rollback.restore_confirmed_by 3: "Größe", it''s','2026-03-01 15:00:00.000003','rollback.left_by 3: "Größe", it''s');
INSERT INTO "rollback" VALUES(4,4,'rollback.workflow 4: "Größe", it''s',NULL,NULL,NULL,'done','rollback.by 4: "Größe", it''s','rollback.reason 4: "Größe", it''s',NULL,'2026-03-01 16:00:00.000004',NULL,NULL,'rollback.restore_reason 4: "Größe", it''s',NULL,NULL,NULL,NULL);
CREATE TABLE seenevent (
	event_id VARCHAR NOT NULL, 
	at DATETIME NOT NULL, 
	PRIMARY KEY (event_id)
);
INSERT INTO "seenevent" VALUES('seenevent.event_id 1: "Größe", it''s','2026-03-01 13:00:00.000001');
INSERT INTO "seenevent" VALUES('seenevent.event_id 2: "Größe", it''s','2026-03-01 14:00:00.000002');
INSERT INTO "seenevent" VALUES('seenevent.event_id 3: "Größe", it''s','2026-03-01 15:00:00.000003');
INSERT INTO "seenevent" VALUES('seenevent.event_id 4: "Größe", it''s','2026-03-01 16:00:00.000004');
CREATE TABLE touch (
	change_id INTEGER NOT NULL, 
	person_id INTEGER NOT NULL, 
	slack_id VARCHAR NOT NULL, 
	at DATETIME NOT NULL, 
	PRIMARY KEY (change_id, person_id), 
	FOREIGN KEY(change_id) REFERENCES change (id), 
	FOREIGN KEY(person_id) REFERENCES person (id)
);
INSERT INTO "touch" VALUES(1,1,'touch.slack_id 1: "Größe", it''s','2026-03-01 13:00:00.000001');
INSERT INTO "touch" VALUES(2,2,'touch.slack_id 2: "Größe", it''s','2026-03-01 14:00:00.000002');
INSERT INTO "touch" VALUES(3,3,'touch.slack_id 3: "Größe", it''s','2026-03-01 15:00:00.000003');
INSERT INTO "touch" VALUES(4,4,'touch.slack_id 4: "Größe", it''s','2026-03-01 16:00:00.000004');
CREATE TABLE usergroup (
	id VARCHAR NOT NULL, 
	handle VARCHAR NOT NULL, 
	refreshed_at DATETIME, 
	PRIMARY KEY (id)
);
INSERT INTO "usergroup" VALUES('usergroup.id 1: "Größe", it''s','usergroup.handle 1: "Größe", it''s','2026-03-01 13:00:00.000001');
INSERT INTO "usergroup" VALUES('usergroup.id 2: "Größe", it''s','usergroup.handle 2: "Größe", it''s',NULL);
INSERT INTO "usergroup" VALUES('usergroup.id 3: "Größe", it''s','usergroup.handle 3: "Größe", it''s','2026-03-01 15:00:00.000003');
INSERT INTO "usergroup" VALUES('usergroup.id 4: "Größe", it''s','usergroup.handle 4: "Größe", it''s',NULL);
CREATE TABLE vote (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	change_id INTEGER NOT NULL, 
	review_digest VARCHAR NOT NULL, 
	person_id INTEGER NOT NULL, 
	slack_id VARCHAR NOT NULL, 
	decision VARCHAR(32) NOT NULL, 
	lane VARCHAR(32) NOT NULL, 
	statement VARCHAR NOT NULL, 
	marks JSON NOT NULL, 
	counting BOOLEAN NOT NULL, 
	at DATETIME NOT NULL, 
	FOREIGN KEY(change_id) REFERENCES change (id), 
	FOREIGN KEY(person_id) REFERENCES person (id), 
	FOREIGN KEY(slack_id) REFERENCES account (slack_id)
);
INSERT INTO "vote" VALUES(1,1,'vote.review_digest 1: "Größe", it''s',1,'account.slack_id 1: "Größe", it''s','request_changes','medium','vote.statement 1: "Größe", it''s','["\u00fc 1"]',1,'2026-03-01 13:00:00.000001');
INSERT INTO "vote" VALUES(2,2,'vote.review_digest 2: "Größe", it''s',2,'account.slack_id 2: "Größe", it''s','reject','high','vote.statement 2: "Größe", it''s','{"name": "vote 2", "none": null}',0,'2026-03-01 14:00:00.000002');
INSERT INTO "vote" VALUES(3,3,'vote.review_digest 3: "Größe", it''s',3,'account.slack_id 3: "Größe", it''s','approve','low','vote.statement 3: "Größe", it''s','["\u00fc 3"]',1,'2026-03-01 15:00:00.000003');
INSERT INTO "vote" VALUES(4,4,'vote.review_digest 4: "Größe", it''s',4,'account.slack_id 4: "Größe", it''s','request_changes','medium','vote.statement 4: "Größe", it''s','{"name": "vote 4", "none": null}',0,'2026-03-01 16:00:00.000004');
CREATE INDEX ix_auditrow_subject ON auditrow (subject);
CREATE INDEX grant_by_principal ON grant (principal);
CREATE INDEX ix_account_email ON account (email);
CREATE INDEX ix_account_person_id ON account (person_id);
CREATE INDEX ix_change_state ON change (state);
CREATE INDEX ix_change_submitter ON change (submitter);
CREATE INDEX ix_change_workflow ON change (workflow);
CREATE INDEX ix_evidence_change_id ON evidence (change_id);
CREATE INDEX ix_release_change_id ON release (change_id);
CREATE INDEX ix_release_workflow ON release (workflow);
CREATE UNIQUE INDEX one_live_release ON release (workflow) WHERE state = 'live';
CREATE UNIQUE INDEX one_release_under_way ON release (workflow) WHERE state = 'releasing';
CREATE INDEX ix_vote_change_id ON vote (change_id);
CREATE UNIQUE INDEX one_counting_vote ON vote (change_id, review_digest, person_id) WHERE counting;
CREATE INDEX ix_rollback_release_id ON "rollback" (release_id);
CREATE INDEX ix_rollback_workflow ON "rollback" (workflow);
CREATE UNIQUE INDEX one_rollback_under_way ON "rollback" (release_id) WHERE state <> 'done';
CREATE INDEX message_place ON message (channel, ts);
CREATE INDEX ix_move_release_id ON move (release_id);
CREATE INDEX ix_move_workflow ON move (workflow);
CREATE INDEX moves_due ON move (state, due_at);
CREATE TRIGGER audit_no_update BEFORE UPDATE ON auditrow BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END;
CREATE TRIGGER audit_no_delete BEFORE DELETE ON auditrow BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END;
CREATE INDEX messages_next ON message (state, priority, id);
CREATE INDEX messages_of_change ON message (change_id, recipient);
CREATE INDEX ix_drift_workflow ON drift (workflow);
CREATE UNIQUE INDEX one_open_drift ON drift (workflow) WHERE state = 'open';
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('policyversion',4);
INSERT INTO "sqlite_sequence" VALUES('change',14);
INSERT INTO "sqlite_sequence" VALUES('evidence',4);
INSERT INTO "sqlite_sequence" VALUES('release',14);
INSERT INTO "sqlite_sequence" VALUES('revision',4);
INSERT INTO "sqlite_sequence" VALUES('vote',4);
INSERT INTO "sqlite_sequence" VALUES('drift',5);
INSERT INTO "sqlite_sequence" VALUES('rollback',4);
INSERT INTO "sqlite_sequence" VALUES('message',4);
INSERT INTO "sqlite_sequence" VALUES('move',6);
COMMIT;
