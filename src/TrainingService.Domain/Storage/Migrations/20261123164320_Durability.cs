using System;
using System.Text.Json;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace TrainingService.Domain.Storage.Migrations
{
    /// <inheritdoc />
    public partial class Durability : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "ix_jobs_offered_at",
                table: "jobs");

            migrationBuilder.AddColumn<DateTimeOffset>(
                name: "archived_at",
                table: "jobs",
                type: "timestamp with time zone",
                nullable: true);

            migrationBuilder.AddColumn<int>(
                name: "checkpoint_epoch",
                table: "jobs",
                type: "integer",
                nullable: true);

            migrationBuilder.AddColumn<long>(
                name: "checkpoint_number",
                table: "jobs",
                type: "bigint",
                nullable: true);

            migrationBuilder.AddColumn<long>(
                name: "checkpoint_step",
                table: "jobs",
                type: "bigint",
                nullable: true);

            migrationBuilder.AddColumn<Guid>(
                name: "claim_id",
                table: "jobs",
                type: "uuid",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "idempotency_key",
                table: "jobs",
                type: "character varying(200)",
                maxLength: 200,
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "idempotency_sha256",
                table: "jobs",
                type: "character(64)",
                fixedLength: true,
                maxLength: 64,
                nullable: true);

            migrationBuilder.AddColumn<short>(
                name: "lane",
                table: "jobs",
                type: "smallint",
                nullable: false,
                defaultValue: (short)2);

            migrationBuilder.AddColumn<DateTimeOffset>(
                name: "max_pending_at",
                table: "jobs",
                type: "timestamp with time zone",
                nullable: true);

            migrationBuilder.AddColumn<DateTimeOffset>(
                name: "not_before",
                table: "jobs",
                type: "timestamp with time zone",
                nullable: true);

            migrationBuilder.AddColumn<Guid>(
                name: "parent_id",
                table: "jobs",
                type: "uuid",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "parent_relation",
                table: "jobs",
                type: "character varying(20)",
                maxLength: 20,
                nullable: true);

            migrationBuilder.AddColumn<DateTimeOffset>(
                name: "paused_at",
                table: "jobs",
                type: "timestamp with time zone",
                nullable: true);

            migrationBuilder.AddColumn<short>(
                name: "priority",
                table: "jobs",
                type: "smallint",
                nullable: false,
                defaultValue: (short)1);

            migrationBuilder.AddColumn<string>(
                name: "queue",
                table: "jobs",
                type: "character varying(40)",
                maxLength: 40,
                nullable: false,
                defaultValue: "cpu");

            migrationBuilder.AddColumn<string>(
                name: "requested",
                table: "jobs",
                type: "character varying(20)",
                maxLength: 20,
                nullable: true);

            migrationBuilder.AddColumn<DateTimeOffset>(
                name: "requested_at",
                table: "jobs",
                type: "timestamp with time zone",
                nullable: true);

            migrationBuilder.AddColumn<double>(
                name: "run_seconds",
                table: "jobs",
                type: "double precision",
                nullable: false,
                defaultValue: 0.0);

            // What was asked for goes on being asked for; jobs for a CUDA device wait in its queue; those that ran before come first.
            migrationBuilder.Sql(
                """
                UPDATE jobs SET requested = 'cancel', requested_at = now() WHERE cancel_requested AND status = 'running';
                UPDATE jobs SET queue = 'gpu' WHERE spec #>> '{resources,device}' LIKE 'cuda%';
                UPDATE jobs SET lane = 0 WHERE status = 'queued' AND attempt > 0;
                """);

            migrationBuilder.DropColumn(
                name: "cancel_requested",
                table: "jobs");

            migrationBuilder.CreateTable(
                name: "checkpoints",
                columns: table => new
                {
                    job_id = table.Column<Guid>(type: "uuid", nullable: false),
                    number = table.Column<long>(type: "bigint", nullable: false),
                    attempt = table.Column<int>(type: "integer", nullable: false),
                    epoch = table.Column<int>(type: "integer", nullable: false),
                    step = table.Column<long>(type: "bigint", nullable: false),
                    is_best = table.Column<bool>(type: "boolean", nullable: false),
                    sha256 = table.Column<string>(type: "character(64)", fixedLength: true, maxLength: 64, nullable: false),
                    size_bytes = table.Column<long>(type: "bigint", nullable: false),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_checkpoints", x => new { x.job_id, x.number });
                    table.ForeignKey(
                        name: "fk_checkpoints_jobs",
                        column: x => x.job_id,
                        principalTable: "jobs",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "deleted_jobs",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    deleted_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_deleted_jobs", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "job_attempts",
                columns: table => new
                {
                    job_id = table.Column<Guid>(type: "uuid", nullable: false),
                    attempt = table.Column<int>(type: "integer", nullable: false),
                    owner = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: false),
                    started_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    ended_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    fenced_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    outcome = table.Column<string>(type: "character varying(20)", maxLength: 20, nullable: true),
                    exit_code = table.Column<int>(type: "integer", nullable: true),
                    error = table.Column<JsonDocument>(type: "jsonb", nullable: true),
                    resumed_from_epoch = table.Column<int>(type: "integer", nullable: true),
                    resumed_from_step = table.Column<long>(type: "bigint", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_job_attempts", x => new { x.job_id, x.attempt });
                    table.ForeignKey(
                        name: "fk_job_attempts_jobs",
                        column: x => x.job_id,
                        principalTable: "jobs",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "workers",
                columns: table => new
                {
                    id = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: false),
                    host = table.Column<string>(type: "character varying(255)", maxLength: 255, nullable: false),
                    pid = table.Column<int>(type: "integer", nullable: false),
                    version = table.Column<string>(type: "character varying(100)", maxLength: 100, nullable: false),
                    queues = table.Column<string[]>(type: "text[]", nullable: false),
                    devices = table.Column<string[]>(type: "text[]", nullable: false),
                    max_concurrent_jobs = table.Column<int>(type: "integer", nullable: false),
                    running = table.Column<int>(type: "integer", nullable: false),
                    started_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    seen_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_workers", x => x.id);
                });

            migrationBuilder.CreateIndex(
                name: "ix_jobs_idempotency_key",
                table: "jobs",
                column: "idempotency_key",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_jobs_max_pending_at",
                table: "jobs",
                column: "max_pending_at",
                filter: "status = 'queued' AND max_pending_at IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_jobs_not_before",
                table: "jobs",
                column: "not_before",
                filter: "status = 'queued' AND not_before IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_jobs_queue_offered_at",
                table: "jobs",
                columns: new[] { "queue", "offered_at" },
                filter: "status = 'queued' AND not_before IS NULL");

            migrationBuilder.CreateIndex(
                name: "ix_jobs_parent_id",
                table: "jobs",
                column: "parent_id",
                filter: "parent_id IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_jobs_queue_lane_id",
                table: "jobs",
                columns: new[] { "queue", "lane", "id" },
                filter: "status = 'queued'");

            migrationBuilder.CreateIndex(
                name: "ix_jobs_unarchived",
                table: "jobs",
                column: "id",
                descending: new bool[0],
                filter: "archived_at IS NULL");

            migrationBuilder.CreateIndex(
                name: "ix_checkpoints_sha256",
                table: "checkpoints",
                column: "sha256");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "checkpoints");

            migrationBuilder.DropTable(
                name: "deleted_jobs");

            migrationBuilder.DropTable(
                name: "job_attempts");

            migrationBuilder.DropTable(
                name: "workers");

            migrationBuilder.DropIndex(
                name: "ix_jobs_idempotency_key",
                table: "jobs");

            migrationBuilder.DropIndex(
                name: "ix_jobs_max_pending_at",
                table: "jobs");

            migrationBuilder.DropIndex(
                name: "ix_jobs_not_before",
                table: "jobs");

            migrationBuilder.DropIndex(
                name: "ix_jobs_queue_offered_at",
                table: "jobs");

            migrationBuilder.DropIndex(
                name: "ix_jobs_parent_id",
                table: "jobs");

            migrationBuilder.DropIndex(
                name: "ix_jobs_queue_lane_id",
                table: "jobs");

            migrationBuilder.DropIndex(
                name: "ix_jobs_unarchived",
                table: "jobs");

            migrationBuilder.DropColumn(
                name: "archived_at",
                table: "jobs");

            migrationBuilder.DropColumn(
                name: "checkpoint_epoch",
                table: "jobs");

            migrationBuilder.DropColumn(
                name: "checkpoint_number",
                table: "jobs");

            migrationBuilder.DropColumn(
                name: "checkpoint_step",
                table: "jobs");

            migrationBuilder.DropColumn(
                name: "claim_id",
                table: "jobs");

            migrationBuilder.DropColumn(
                name: "idempotency_key",
                table: "jobs");

            migrationBuilder.DropColumn(
                name: "idempotency_sha256",
                table: "jobs");

            migrationBuilder.DropColumn(
                name: "lane",
                table: "jobs");

            migrationBuilder.DropColumn(
                name: "max_pending_at",
                table: "jobs");

            migrationBuilder.DropColumn(
                name: "not_before",
                table: "jobs");

            migrationBuilder.DropColumn(
                name: "parent_id",
                table: "jobs");

            migrationBuilder.DropColumn(
                name: "parent_relation",
                table: "jobs");

            migrationBuilder.DropColumn(
                name: "paused_at",
                table: "jobs");

            migrationBuilder.DropColumn(
                name: "priority",
                table: "jobs");

            migrationBuilder.DropColumn(
                name: "queue",
                table: "jobs");

            migrationBuilder.DropColumn(
                name: "requested",
                table: "jobs");

            migrationBuilder.DropColumn(
                name: "requested_at",
                table: "jobs");

            migrationBuilder.DropColumn(
                name: "run_seconds",
                table: "jobs");

            migrationBuilder.AddColumn<bool>(
                name: "cancel_requested",
                table: "jobs",
                type: "boolean",
                nullable: false,
                defaultValue: false);

            migrationBuilder.CreateIndex(
                name: "ix_jobs_offered_at",
                table: "jobs",
                column: "offered_at",
                filter: "status = 'queued'");
        }
    }
}
