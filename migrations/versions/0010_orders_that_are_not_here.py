"""Orders that a store has and we have not, and what the readiness check reads of a store

Revision: 0010, after 0009
"""

import sqlalchemy as sa
from alembic import op

revision = '0010'
down_revision = '0009'
branch_labels = None
depends_on = None

RUNS = ['orders', 'items', 'reference', 'proof', 'details', 'alignment']
WORDS = ['currency', 'payment_method', 'tax', 'order_status', 'payment_status']


def _allow(table, column, name, words):
    """The words that a column of an enumeration takes from now on."""
    allowed = ', '.join(f"'{word}'" for word in words)
    with op.batch_alter_table(table, schema=None) as batch_op:
        batch_op.drop_constraint(op.f(f'ck_{table}_{name}'), type_='check')
        batch_op.create_check_constraint(op.f(f'ck_{table}_{name}'), f'{column} IN ({allowed})')


def upgrade():
    _allow('runs', 'kind', 'runkind', [*RUNS, 'gaps', 'missing'])
    _allow('store_words', 'kind', 'wordkind', [*WORDS, 'term'])
    with op.batch_alter_table('stores', schema=None) as batch_op:
        batch_op.add_column(sa.Column('facts', sa.JSON(), nullable=False, server_default='{}'))
    with op.batch_alter_table('stores', schema=None) as batch_op:
        batch_op.alter_column('facts', server_default=None)
    with op.batch_alter_table('channels', schema=None) as batch_op:
        batch_op.add_column(sa.Column('pulled_before', sa.DateTime(), nullable=True))
    op.create_table('missing_orders',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('channel_id', sa.Integer(), nullable=False),
    sa.Column('external_id', sa.String(length=64), nullable=False),
    sa.Column('number', sa.String(length=64), nullable=False),
    sa.Column('ordered_at', sa.DateTime(), nullable=True),
    sa.Column('found_at', sa.DateTime(), nullable=False),
    sa.Column('run_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['channel_id'], ['channels.id'], name=op.f('fk_missing_orders_channel_id_channels')),
    sa.ForeignKeyConstraint(['run_id'], ['runs.id'], name=op.f('fk_missing_orders_run_id_runs')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_missing_orders')),
    sa.UniqueConstraint('channel_id', 'external_id', name=op.f('uq_missing_orders_channel_id_external_id'))
    )
    with op.batch_alter_table('missing_orders', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_missing_orders_channel_id_id'), ['channel_id', 'id'], unique=False)

    op.create_table('order_counts',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('channel_id', sa.Integer(), nullable=False),
    sa.Column('run_id', sa.Integer(), nullable=False),
    sa.Column('first_day', sa.Date(), nullable=False),
    sa.Column('last_day', sa.Date(), nullable=False),
    sa.Column('in_store', sa.Integer(), nullable=False),
    sa.Column('here', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['channel_id'], ['channels.id'], name=op.f('fk_order_counts_channel_id_channels')),
    sa.ForeignKeyConstraint(['run_id'], ['runs.id'], name=op.f('fk_order_counts_run_id_runs')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_order_counts')),
    sa.UniqueConstraint('run_id', 'first_day', name=op.f('uq_order_counts_run_id_first_day'))
    )
    with op.batch_alter_table('order_counts', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_order_counts_channel_id_first_day'), ['channel_id', 'first_day'], unique=False)


def downgrade():
    op.drop_table('order_counts')
    op.drop_table('missing_orders')
    with op.batch_alter_table('channels', schema=None) as batch_op:
        batch_op.drop_column('pulled_before')
    with op.batch_alter_table('stores', schema=None) as batch_op:
        batch_op.drop_column('facts')
    op.execute("DELETE FROM store_words WHERE kind = 'term'")
    op.execute("DELETE FROM runs WHERE kind IN ('gaps', 'missing')")
    _allow('store_words', 'kind', 'wordkind', WORDS)
    _allow('runs', 'kind', 'runkind', RUNS)
