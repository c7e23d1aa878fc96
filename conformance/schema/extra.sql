-- DDL that a Prisma schema cannot express. Runs after the schema's own DDL, as one simple query.
ALTER TABLE "Scalar" ALTER COLUMN wide TYPE numeric;
ALTER TABLE "Guarded" ADD CONSTRAINT amount_is_positive CHECK (amount > 0);
ALTER TABLE "Guarded" ADD CONSTRAINT no_overlap EXCLUDE USING gist (int4range(lo, hi) WITH &&) WHERE (lo IS NOT NULL);
ALTER TABLE "Guarded" ALTER COLUMN must SET DEFAULT 'set by the database';
ALTER TABLE "Guarded" ALTER COLUMN must SET NOT NULL;
CREATE FUNCTION guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.note = 'raise' THEN
    RAISE EXCEPTION 'refused by a trigger: %', NEW.id USING DETAIL = 'the detail', HINT = 'the hint';
  ELSIF NEW.note = 'raise with code' THEN
    RAISE EXCEPTION 'own code' USING ERRCODE = 'HS001';
  ELSIF NEW.note = 'notice' THEN
    RAISE NOTICE 'only a notice';
  ELSIF NEW.note = 'divide' THEN
    NEW.amount := NEW.amount / 0;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER guard BEFORE INSERT OR UPDATE ON "Guarded" FOR EACH ROW EXECUTE FUNCTION guard();
ALTER TABLE "Drifted" DROP COLUMN missing;
ALTER TABLE "Drifted" ALTER COLUMN number TYPE text;
ALTER TABLE "Drifted" ALTER COLUMN color TYPE text;
ALTER TABLE "Drifted" ALTER COLUMN need SET NOT NULL;
DROP TABLE "Gone";
CREATE VIEW post_stat AS
  SELECT "authorId", count(*) AS posts, sum(views)::bigint AS views, avg(rating) AS rating FROM "Post" GROUP BY "authorId";
