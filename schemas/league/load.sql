-- Loading a season from openfootball's JSON (https://github.com/openfootball/football.json, public domain):
--
--   select league_load(1, :'document', true);         every result, as published
--   select league_load(1, :'document', false);        the fixtures only; league_results(1, :'document') gives the rest
--   select league_adjust(1, :'adjustments', '9999-12-31');
--
-- Ids are the same on every load: season 1 has teams 1, 2, … by name, rounds 1, 2, … by number, phases 1, 2, … (the season,
-- then its months) and matches 1, 2, … in the file's order; each further season counts on from 10,000 more.

create function league_base(season bigint) returns bigint language sql immutable as $$
    select (season - 1) * 10000
$$;

-- The file's matches, numbered.
create function league_fixtures(season bigint, document jsonb)
returns table (
    id bigint, event_id bigint, number integer, round text, kickoff timestamp, home_id bigint, away_id bigint, home text,
    away text, home_goals integer, away_goals integer, half_time_home integer, half_time_away integer
) language sql stable as $$
    with entry as (
        select
            f.ordinality as n,
            f.item ->> 'round' as round,
            (f.item ->> 'date')::date + coalesce(f.item ->> 'time', '00:00')::time as kickoff,
            f.item ->> 'team1' as home,
            f.item ->> 'team2' as away,
            f.item -> 'score' -> 'ft' as ft,
            f.item -> 'score' -> 'ht' as ht
        from jsonb_array_elements(document -> 'matches') with ordinality as f (item, ordinality)
    ),
    round as (
        -- By the number in its name (a postponed match stands late in the file), else as the file has them.
        select
            e.round,
            row_number() over (order by substring(e.round from '[0-9]+')::integer nulls last, min(e.n)) as number
        from entry e
        group by e.round
    ),
    club as (
        select c.name, row_number() over (order by c.name collate "C") as number
        from (select e.home as name from entry e union select e.away from entry e) c
    )
    select
        league_base(season) + e.n,
        league_base(season) + r.number,
        r.number::integer,
        e.round,
        e.kickoff,
        league_base(season) + h.number,
        league_base(season) + a.number,
        e.home,
        e.away,
        (e.ft ->> 0)::integer,
        (e.ft ->> 1)::integer,
        (e.ht ->> 0)::integer,
        (e.ht ->> 1)::integer
    from entry e
    join round r on r.round = e.round
    join club h on h.name = e.home
    join club a on a.name = e.away
    order by e.n
$$;

create function league_load(season bigint, document jsonb, played boolean) returns bigint language plpgsql as $$
declare
    loaded bigint;
begin
    insert into season (id, name) values (league_load.season, document ->> 'name');
    create temporary table fixture on commit drop as
        select * from league_fixtures(league_load.season, document);

    insert into team (id, season_id, name)
        select f.home_id, league_load.season, f.home from fixture f
        union
        select f.away_id, league_load.season, f.away from fixture f
        order by 1;
    insert into event (id, season_id, number, name, status)
        select
            f.event_id, league_load.season, f.number, f.round,
            case when played and bool_and(f.home_goals is not null) then 'finished' else 'scheduled' end
        from fixture f
        group by f.event_id, f.number, f.round
        order by f.number;

    insert into phase (id, season_id, scope, name, first_number, last_number)
        select league_base(league_load.season) + 1, league_load.season, 'season', 'Season', 1, max(f.number)
        from fixture f;
    -- A round belongs to the month in which most of its matches are planned; a month spans its rounds.
    insert into phase (id, season_id, scope, name, first_number, last_number)
        select
            league_base(league_load.season) + 1 + row_number() over (order by r.month),
            league_load.season, 'month', to_char(r.month, 'FMMonth YYYY'), min(r.number), max(r.number)
        from (
            select f.number, mode() within group (order by date_trunc('month', f.kickoff)) as month
            from fixture f
            group by f.number
        ) r
        group by r.month;

    insert into match (
        id, season_id, event_id, home_id, away_id, kickoff, status, home_goals, away_goals, half_time_home,
        half_time_away
    )
        select
            f.id, league_load.season, f.event_id, f.home_id, f.away_id, f.kickoff,
            case when played and f.home_goals is not null then 'finished' else 'scheduled' end,
            case when played then f.home_goals end,
            case when played then f.away_goals end,
            case when played then f.half_time_home end,
            case when played then f.half_time_away end
        from fixture f
        order by f.id;
    get diagnostics loaded = row_count;
    drop table fixture;
    return loaded;
end $$;

-- What happened, in the order it happened: the results that a season loaded without them is played with.
create function league_results(season bigint, document jsonb)
returns table (
    id bigint, event_id bigint, kickoff timestamp, home_goals integer, away_goals integer, half_time_home integer,
    half_time_away integer
) language sql stable as $$
    select f.id, f.event_id, f.kickoff, f.home_goals, f.away_goals, f.half_time_home, f.half_time_away
    from league_fixtures(season, document) f
    where f.home_goals is not null
    order by f.kickoff, f.id
$$;

-- Points taken or given back until a day, from a list that names season and team; returns the teams that changed.
create function league_adjust(season bigint, list jsonb, until date) returns setof bigint language sql as $$
    insert into adjustment (team_id, decided, points, reason)
        select t.id, (a.item ->> 'decided')::date, (a.item ->> 'points')::integer, a.item ->> 'reason'
        from jsonb_array_elements(list) as a (item)
        join season s on s.id = league_adjust.season and s.name = a.item ->> 'season'
        join team t on t.season_id = s.id and t.name = a.item ->> 'team'
        where (a.item ->> 'decided')::date <= until
        order by 2, 1
    on conflict (team_id, decided, points) do nothing
    returning team_id
$$;
