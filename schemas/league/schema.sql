-- The sample league: tables and read models. PostgreSQL 15.
--
-- What each document shows, and which edge of league.yaml covers it, stands above its view. The argument rests on what
-- can't change: a season's row, the season of everything else, a round's number and a phase's span are fixed by
-- triggers, and only matches can be deleted. So the entities that today's rows lead to are the ones that showed the old
-- values too; only a deleted match leads nowhere, and that edge remembers.

create table season (
    id bigint primary key,
    name text not null unique
);

-- A round of the league.
create table event (
    id bigint primary key,
    season_id bigint not null references season,
    number integer not null check (number > 0),
    name text not null,
    status text not null default 'scheduled' check (status in ('scheduled', 'running', 'finished')),
    version bigint not null default 1,
    unique (season_id, number),
    unique (season_id, id)
);

-- A span of rounds: the whole season (its table counts these rounds) or a month.
create table phase (
    id bigint primary key,
    season_id bigint not null references season,
    scope text not null check (scope in ('season', 'month')),
    name text not null,
    first_number integer not null,
    last_number integer not null,
    version bigint not null default 1,
    unique (season_id, name),
    check (first_number <= last_number)
);
create unique index phase_one_season on phase (season_id) where scope = 'season';

-- A club's entry in one season.
create table team (
    id bigint primary key,
    season_id bigint not null references season,
    name text not null,
    version bigint not null default 1,
    unique (season_id, name),
    unique (season_id, id)
);

create table match (
    id bigint primary key,
    season_id bigint not null references season,
    event_id bigint not null,
    home_id bigint not null,
    away_id bigint not null,
    -- Local time of the ground: a document's bytes must not depend on a session's time zone.
    kickoff timestamp not null,
    status text not null default 'scheduled' check (status in ('scheduled', 'live', 'finished')),
    home_goals integer check (home_goals >= 0),
    away_goals integer check (away_goals >= 0),
    half_time_home integer check (half_time_home >= 0),
    half_time_away integer check (half_time_away >= 0),
    version bigint not null default 1,
    foreign key (season_id, event_id) references event (season_id, id),
    foreign key (season_id, home_id) references team (season_id, id),
    foreign key (season_id, away_id) references team (season_id, id),
    check (home_id <> away_id),
    check ((home_goals is null) = (away_goals is null)),
    check ((half_time_home is null) = (half_time_away is null)),
    check ((status = 'scheduled') = (home_goals is null))
);

-- Points taken from a team, or given back. Part of its team: a change of one is a new version of the team.
create table adjustment (
    id bigint generated always as identity primary key,
    team_id bigint not null references team,
    decided date not null,
    points integer not null check (points <> 0),
    reason text not null,
    unique (team_id, decided, points)
);

-- One index per edge and view that looks something up by another column than its key; the unique constraints above
-- serve event and team by season, phase by season, and adjustment by team.
create index match_by_event on match (event_id);
create index match_by_home on match (home_id);
create index match_by_away on match (away_id);
create index match_by_season on match (season_id);

-- Every update is a new version; the columns named in the trigger never change.
create function league_next_version() returns trigger language plpgsql as $$
declare
    fixed text;
begin
    foreach fixed in array tg_argv loop
        if to_jsonb(new) -> fixed is distinct from to_jsonb(old) -> fixed then
            raise exception '%.% of % never changes: insert another row instead', tg_table_name, fixed, old.id;
        end if;
    end loop;
    new.version := old.version + 1;
    return new;
end $$;

create trigger event_version before update on event
    for each row execute function league_next_version('id', 'season_id', 'number');
create trigger phase_version before update on phase
    for each row execute function league_next_version('id', 'season_id', 'scope', 'first_number', 'last_number');
create trigger team_version before update on team
    for each row execute function league_next_version('id', 'season_id');
create trigger match_version before update on match
    for each row execute function league_next_version('id', 'season_id');

create function league_refuse() returns trigger language plpgsql as $$
begin
    raise exception '% on % is refused: no event of the league announces it', tg_op, tg_table_name;
end $$;

create trigger season_fixed before update or delete or truncate on season
    for each statement execute function league_refuse();
create trigger event_stays before delete or truncate on event for each statement execute function league_refuse();
create trigger phase_stays before delete or truncate on phase for each statement execute function league_refuse();
create trigger team_stays before delete or truncate on team for each statement execute function league_refuse();
create trigger match_stays before truncate on match for each statement execute function league_refuse();
create trigger adjustment_stays before truncate on adjustment for each statement execute function league_refuse();

create function league_team_adjusted() returns trigger language plpgsql as $$
begin
    if tg_op <> 'INSERT' then
        update team set version = version where id = old.team_id;
    end if;
    if tg_op = 'INSERT' or (tg_op = 'UPDATE' and new.team_id <> old.team_id) then
        update team set version = version where id = new.team_id;
    end if;
    return null;
end $$;

create trigger adjustment_of_team after insert or update or delete on adjustment
    for each row execute function league_team_adjusted();

-- Read models. `row_to_json` and `array_to_json` give compact text in the order written here, the same in every session.

-- Shows its own row only.
create view rm_event as
select
    e.id,
    row_to_json(d)::text as doc,
    e.version
from event e
cross join lateral (
    select e.id, e.season_id as season, e.number, e.name, e.status
) d;

-- Shows its own row and its rounds (event → phase). Which rounds these are can't change but by a new round.
create view rm_phase as
select
    p.id,
    row_to_json(d)::text as doc,
    p.version
from phase p
cross join lateral (
    select
        p.id,
        p.season_id as season,
        p.name,
        p.first_number as first,
        p.last_number as last,
        array_to_json(array(
            select row_to_json(r)
            from (
                select e.id, e.name, e.status
                from event e
                where e.season_id = p.season_id and e.number between p.first_number and p.last_number
                order by e.number
            ) r
        )) as rounds
) d;

-- Shows its own row with its adjustments, and how far its season's rounds are (event → team). Nothing of matches.
create view rm_team as
select
    t.id,
    row_to_json(d)::text as doc,
    t.version
from team t
cross join lateral (
    select
        t.id,
        t.season_id as season,
        t.name,
        (select row_to_json(r) from (
            select
                (count(*) filter (where e.status = 'finished'))::integer as finished,
                count(*)::integer as total,
                max(e.number) filter (where e.status = 'running') as running
            from event e
            where e.season_id = t.season_id
        ) r) as rounds,
        array_to_json(array(
            select row_to_json(a)
            from (
                select x.decided, x.points, x.reason
                from adjustment x
                where x.team_id = t.id
                order by x.decided, x.points
            ) a
        )) as adjustments
) d;

-- Shows its own row, the names of its two teams (team → match), its round (event → match), and the phases its round lies
-- in (phase → match).
create view rm_match as
select
    m.id,
    row_to_json(d)::text as doc,
    m.version
from match m
join event e on e.id = m.event_id
join team h on h.id = m.home_id
join team a on a.id = m.away_id
cross join lateral (
    select
        m.id,
        m.season_id as season,
        (select row_to_json(r) from (select e.id, e.name) r) as event,
        array_to_json(array(
            select row_to_json(r)
            from (
                select p.id, p.name
                from phase p
                where p.season_id = e.season_id and e.number between p.first_number and p.last_number
                order by p.id
            ) r
        )) as phases,
        m.kickoff,
        m.status,
        (select row_to_json(r) from (
            select h.id, h.name, m.home_goals as goals, m.half_time_home as half_time
        ) r) as home,
        (select row_to_json(r) from (
            select a.id, a.name, m.away_goals as goals, m.half_time_away as half_time
        ) r) as away
) d;

-- Every finished match of the rounds that count, once from each side.
create view league_result as
select m.season_id, m.home_id as team_id, m.home_goals as scored, m.away_goals as conceded
from match m
join event e on e.id = m.event_id
join phase p on p.season_id = m.season_id and p.scope = 'season' and e.number between p.first_number and p.last_number
where m.status = 'finished'
union all
select m.season_id, m.away_id, m.away_goals, m.home_goals
from match m
join event e on e.id = m.event_id
join phase p on p.season_id = m.season_id and p.scope = 'season' and e.number between p.first_number and p.last_number
where m.status = 'finished';

-- The table of a season as rows: points, then goal difference, then goals scored, then name. (Both leagues' rules go on
-- with the matches between the level teams; no season here was decided there.)
create view league_table as
select
    s.season_id,
    row_number() over (
        partition by s.season_id order by s.points desc, s.gd desc, s.gf desc, s.name collate "C"
    )::integer as position,
    s.team_id,
    s.name,
    s.played,
    s.won,
    s.drawn,
    s.lost,
    s.gf,
    s.ga,
    s.gd,
    s.points
from (
    select
        t.season_id,
        t.id as team_id,
        t.name,
        count(r.team_id)::integer as played,
        (count(*) filter (where r.scored > r.conceded))::integer as won,
        (count(*) filter (where r.scored = r.conceded))::integer as drawn,
        (count(*) filter (where r.scored < r.conceded))::integer as lost,
        coalesce(sum(r.scored), 0)::integer as gf,
        coalesce(sum(r.conceded), 0)::integer as ga,
        coalesce(sum(r.scored - r.conceded), 0)::integer as gd,
        (
            3 * count(*) filter (where r.scored > r.conceded) + count(*) filter (where r.scored = r.conceded)
            + coalesce((select sum(x.points) from adjustment x where x.team_id = t.id), 0)
        )::integer as points
    from team t
    left join league_result r on r.season_id = t.season_id and r.team_id = t.id
    group by t.season_id, t.id, t.name
) s;

-- One document per season: its teams (team → standings, with their adjustments), its matches (match → standings), and the
-- name and span of its season phase (phase → standings). Of rounds it shows nothing but their fixed numbers.
create view rm_standings as
select
    s.id,
    row_to_json(d)::text as doc
from season s
cross join lateral (
    select
        s.id as season,
        s.name,
        (select p.name from phase p where p.season_id = s.id and p.scope = 'season') as phase,
        array_to_json(array(
            select row_to_json(r)
            from (
                select
                    t.position, t.team_id as team, t.name, t.played, t.won, t.drawn, t.lost, t.gf, t.ga, t.gd, t.points
                from league_table t
                where t.season_id = s.id
                order by t.position
            ) r
        )) as "table"
) d;
